-- A row is a later due date that the coordination office grants an organisation
-- for one form and period. The latest row counts.
CREATE TABLE IF NOT EXISTS extensions {{cluster}}
(
    form         LowCardinality(String),
    organisation LowCardinality(String),
    year         UInt16,
    part         UInt8,                    -- figure.Part
    due          Date32,                   -- the new last day
    reason       String,
    person       String,
    at           DateTime64(6, 'UTC')
)
ENGINE = {{MergeTree}}
ORDER BY (year, form, organisation, part, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
