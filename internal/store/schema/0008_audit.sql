-- A row is what somebody did. Rows are only added.
CREATE TABLE IF NOT EXISTS audit {{cluster}}
(
    at           DateTime64(6, 'UTC'),
    person       String,
    organisation LowCardinality(String),
    address      String,
    action       LowCardinality(String),
    object       String,
    detail       String
)
ENGINE = {{MergeTree}}
PARTITION BY toYear(at)
ORDER BY at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
