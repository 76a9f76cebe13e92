-- A row is an observation behind the sums of query/sums.sql, with the file that
-- it came from.
WITH
    {{in_force}}
SELECT
    key_figure,
    municipality,
    measure,
    sex,
    age,
    status,
    further,
    mark,
    margins,
    reinterpret(value, 'Int64') AS value_in_ten_thousandths,
    sheet,
    source_row,
    source_column,
    observations.submission,
    in_force_marked.form,
    in_force_marked.organisation,
    in_force_marked.year,
    in_force_marked.part,
    file_name,
    sha256,
    last_submitted_at,
    is_final
FROM observations
INNER JOIN in_force_marked ON submission_in_force = observations.submission
INNER JOIN (SELECT id, file_name, sha256 FROM submissions WHERE year IN {years:Array(UInt16)}) AS file_of ON file_of.id = observations.submission
WHERE key_figure IN {figures:Array(String)}
    AND observations.year IN {years:Array(UInt16)}
    AND bitTest(margins, {margin:UInt8})
    AND NOT has(held_figures, toString(key_figure))
    AND ({by_part:Bool} OR is_last_part OR key_figure NOT IN {stocks:Array(String)})
ORDER BY in_force_marked.organisation, in_force_marked.year, in_force_marked.part, in_force_marked.form, key_figure, source_row, source_column
LIMIT {limit:UInt32}
