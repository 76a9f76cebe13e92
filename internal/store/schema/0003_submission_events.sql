-- A row is what happened to a submission. A submission counts from its
-- 'submitted' event on, which is written after everything else of it.
CREATE TABLE IF NOT EXISTS submission_events {{cluster}}
(
    submission UUID,
    kind       LowCardinality(String),     -- submission.EventKind
    at         DateTime64(6, 'UTC'),
    person     String,
    reason     String
)
ENGINE = {{MergeTree}}
ORDER BY (submission, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
