-- The id of the request in which somebody did it stands in the log too.
ALTER TABLE audit {{cluster}} ADD COLUMN IF NOT EXISTS request String
