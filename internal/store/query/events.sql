-- A row is an event of a submission up to {as_of}, the oldest first.
SELECT submission, kind, at, person, reason, finding, sequence
FROM submission_events
WHERE at <= {as_of:DateTime64(6, 'UTC')} AND ({everyone:Bool} OR submission IN {submissions:Array(UUID)})
ORDER BY submission, sequence, at
