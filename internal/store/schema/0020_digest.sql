-- The first event of a submission says how many observations were stored before it,
-- and their checksum (Digest), so that what is left of them can be compared.
ALTER TABLE submission_events {{cluster}} ADD COLUMN IF NOT EXISTS observations UInt64, ADD COLUMN IF NOT EXISTS digest UInt64
