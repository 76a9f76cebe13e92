-- A row is the last reminder of an organisation.
SELECT organisation, at, person, sent, recipients, subject, letter
FROM reminders
ORDER BY organisation, sequence DESC, at DESC
LIMIT 1 BY organisation
