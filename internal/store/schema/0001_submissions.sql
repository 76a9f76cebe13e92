-- A row is one file that came in, taken in or refused.
CREATE TABLE IF NOT EXISTS submissions {{cluster}}
(
    id           UUID,
    form         LowCardinality(String),
    form_version LowCardinality(String),
    organisation LowCardinality(String),
    year         UInt16,
    part         UInt8,                    -- figure.Part
    file_name    String,
    sha256       String,                   -- of the file, in hex
    size         UInt64,                   -- bytes
    rows         UInt64,
    faulty_rows  UInt64,
    observations UInt64,
    definition   LowCardinality(String),   -- fingerprint of the programme definition
    report       String CODEC(ZSTD(1))     -- the check, as JSON
)
ENGINE = {{MergeTree}}
ORDER BY (form, organisation, year, part, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
