-- A row is a submission whose figures are not those that were acknowledged: how many
-- there were, how many are left, and whether their checksum (digest.go) is another. A
-- submission of before there were checksums is held against the number of figures that
-- its check found.
WITH
    acknowledged AS
    (
        SELECT
            submission,
            max(observations) AS acknowledged_rows,
            max(digest) AS acknowledged_sum,
            countIf(kind = 'refused') > 0 AS is_refused
        FROM submission_events
        GROUP BY submission
    ),
    held AS
    (
        SELECT
            submission,
            count() AS held_rows,
            sum(
                (
                    xxHash64(key_figure) + 3 * xxHash64(measure) + 5 * xxHash64(sex) + 7 * xxHash64(age)
                    + 11 * xxHash64(status) + 13 * xxHash64(further) + 17 * xxHash64(sheet)
                    + 19 * toUInt64(municipality) + 23 * toUInt64(margins) + 29 * toUInt64(mark)
                    + 31 * reinterpretAsUInt64(value)
                )
                * (2 * (toUInt64(source_row) * 65536 + source_column) + 1)
            ) AS held_sum
        FROM observations
        GROUP BY submission
    )
SELECT
    submissions.id,
    submissions.form,
    submissions.organisation,
    submissions.year,
    submissions.part,
    submissions.sha256,
    multiIf(is_refused, 0, acknowledged_rows > 0, acknowledged_rows, submissions.observations) AS expected_rows,
    held.held_rows,
    acknowledged_rows > 0 AND held_sum != acknowledged_sum AS is_changed
FROM submissions
INNER JOIN acknowledged ON acknowledged.submission = submissions.id
LEFT JOIN held ON held.submission = submissions.id
WHERE expected_rows != held_rows OR is_changed
ORDER BY submissions.organisation, submissions.form, submissions.year, submissions.part
