-- A row is a piece of a file: one MiB of its original bytes as a Zstandard frame,
-- so that the frames, one after the other, are what `zstd -d` unpacks. A file is
-- kept once, by its hash, however often it comes.
CREATE TABLE IF NOT EXISTS files {{cluster}}
(
    sha256  String,
    piece   UInt32,
    content String CODEC(NONE)
)
ENGINE = {{MergeTree}}
ORDER BY (sha256, piece)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
