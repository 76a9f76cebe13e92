-- A row is a submission without events that has figures: its import was cancelled or
-- killed, or is under way.
SELECT submission, count()
FROM observations
WHERE submission NOT IN (SELECT submission FROM submission_events)
GROUP BY submission
