-- A row is a pass of a person that has not ended and expires after a moment, the
-- latest first.
SELECT pass, anyIf(kind, event = 'issued'), anyIf(email, event = 'issued'), anyIf(label, event = 'issued'), anyIf(address, event = 'issued'),
    anyIf(scopes, event = 'issued'), anyIf(expires, event = 'issued'), minIf(at, event = 'issued'), maxIf(at, event = 'used'), minIf(at, event = 'ended')
FROM passes
WHERE pass IN (
    SELECT pass
    FROM passes
    WHERE event = 'issued' AND email = {email:String} AND expires > {after:DateTime64(6, 'UTC')}
)
GROUP BY pass
HAVING countIf(event = 'ended') = 0
ORDER BY minIf(at, event = 'issued') DESC, pass
