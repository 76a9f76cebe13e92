-- A row is a figure of a submission, in the order of its file.
SELECT
    key_figure,
    municipality,
    measure,
    sex,
    age,
    status,
    further,
    margins,
    mark,
    reinterpret(value, 'Int64') AS value_in_ten_thousandths,
    sheet,
    source_row,
    source_column
FROM observations
WHERE submission = {submission:UUID} AND year = {year:UInt16}
ORDER BY source_row, source_column
