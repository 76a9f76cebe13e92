-- A row is the state of an account from a moment on; the latest counts.
CREATE TABLE IF NOT EXISTS accounts {{cluster}}
(
    email        String,
    at           DateTime64(6, 'UTC'),
    changed_by   String,
    name         String,
    role         LowCardinality(String),
    organisation LowCardinality(String),   -- of a sender
    language     LowCardinality(String),
    active       Bool,
    created      DateTime64(6, 'UTC'),
    subject      String,                   -- at the identity provider; '': logs in with a password
    password     String,                   -- argon2id; '': none yet
    factor       String,                   -- the secret of one-time codes, sealed; '': off
    factor_step  Int64,
    recovery     Array(String)             -- SHA-256 of the recovery codes that are left
)
ENGINE = {{MergeTree}}
ORDER BY (email, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
