-- A row is the checksum of the figures of a submission that has one.
SELECT submission, observations, digest
FROM submission_events
WHERE observations > 0
