-- A row is the latest state of an account.
SELECT email, at, changed_by, name, role, organisation, language, active, created, subject, password, factor, factor_step, recovery
FROM accounts
WHERE {everyone:Bool} OR email IN {emails:Array(String)}
ORDER BY email, at DESC
LIMIT 1 BY email
