-- A row is a letter to an organisation about figures that it owes. Rows are only
-- added.
CREATE TABLE IF NOT EXISTS reminders {{cluster}}
(
    organisation LowCardinality(String),
    at           DateTime64(6, 'UTC'),
    person       String,
    sent         Bool,                     -- by the program; otherwise noted by the person
    recipients   Array(String),
    subject      String,
    letter       String
)
ENGINE = {{MergeTree}}
ORDER BY (organisation, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
