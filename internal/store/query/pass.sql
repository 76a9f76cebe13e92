-- The row is a pass: what was issued, when it was last used, and when it ended.
SELECT anyIf(kind, event = 'issued'), anyIf(email, event = 'issued'), anyIf(label, event = 'issued'), anyIf(address, event = 'issued'),
    anyIf(scopes, event = 'issued'), anyIf(expires, event = 'issued'), minIf(at, event = 'issued'), maxIf(at, event = 'used'), minIf(at, event = 'ended')
FROM passes
WHERE pass = {pass:String}
GROUP BY pass
