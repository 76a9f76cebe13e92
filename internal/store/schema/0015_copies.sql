-- A row says that a copy of the program was at work on this database at a time of the
-- database's own clock. Rows are forgotten after a day.
CREATE TABLE IF NOT EXISTS copies {{cluster}}
(
    copy String,                           -- random, of one start of the program
    host String,
    at   DateTime DEFAULT now(),
    gone Bool                              -- it said that it stops
)
ENGINE = {{MergeTree}}
ORDER BY (at, copy)
TTL at + INTERVAL 1 DAY
