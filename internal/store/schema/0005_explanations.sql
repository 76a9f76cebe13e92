-- What a sender says to a finding of the check is an event like others: 'explained',
-- with the key of the finding (intake.Finding.Key).
ALTER TABLE submission_events {{cluster}} ADD COLUMN IF NOT EXISTS finding String
