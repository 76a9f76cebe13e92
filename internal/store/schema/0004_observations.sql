-- A row is one figure, read from one cell of a file. The order serves the sums
-- of a key figure for some years; submission comes next, so that the figures of
-- one file lie together and compress.
CREATE TABLE IF NOT EXISTS observations {{cluster}}
(
    key_figure   LowCardinality(String),
    year         UInt16,
    submission   UUID,
    municipality UInt16,                   -- BFS number; 0: not by municipality
    measure      LowCardinality(String),
    sex          LowCardinality(String),   -- '': not broken down
    age          LowCardinality(String),
    status       LowCardinality(String),
    further      LowCardinality(String),   -- figure.Further
    margins      UInt8,                    -- figure.Margins
    mark         UInt8,                    -- figure.Mark; 0: given
    -- The driver would build a big number for each Decimal: the figure is sent
    -- as a count of ten-thousandths, and kept as the Decimal it is.
    ten_thousandths Int64 EPHEMERAL,
    value        Decimal(18, 4) DEFAULT reinterpret(ten_thousandths, 'Decimal(18, 4)'), -- 0 and not to be read unless given
    sheet        LowCardinality(String),
    source_row   UInt32,
    source_column UInt16
)
ENGINE = {{MergeTree}}
PARTITION BY year
ORDER BY (key_figure, year, submission, municipality)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
