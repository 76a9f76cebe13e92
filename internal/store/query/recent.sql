-- A row is one of the submissions that came in last.
SELECT submission
FROM submission_events
GROUP BY submission
ORDER BY min(at) DESC, submission DESC
LIMIT {limit:UInt32}
