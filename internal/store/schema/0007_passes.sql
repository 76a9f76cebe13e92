-- A row is an event of a pass: a session, a link, a token. What it is stands in the
-- row of the event 'issued'.
CREATE TABLE IF NOT EXISTS passes {{cluster}}
(
    pass    String,                        -- SHA-256 of the secret, in hex
    event   LowCardinality(String),        -- 'issued', 'used', 'ended'
    at      DateTime64(6, 'UTC'),
    kind    LowCardinality(String),
    email   String,
    label   String,
    address String,
    scopes  Array(LowCardinality(String)),
    expires DateTime64(6, 'UTC')
)
ENGINE = {{MergeTree}}
ORDER BY (pass, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
