-- A row is the sum of a key figure for a year and one combination of the asked
-- dimensions, over the submissions in force at {as_of}, or that would be if some
-- were included and others excluded. Dimensions that were not
-- asked are empty. The figures of a submission are summed first, so that the
-- distinct organisations and parts are counted over submissions, not over rows. What is
-- held counts as missing.
WITH
    {{in_force}},
    by_submission AS
    (
        SELECT
            submission,
            key_figure,
            if({by_municipality:Bool}, municipality, 0) AS asked_municipality,
            if({by_measure:Bool}, measure, '') AS asked_measure,
            if({by_sex:Bool}, sex, '') AS asked_sex,
            if({by_age:Bool}, age, '') AS asked_age,
            if({by_status:Bool}, status, '') AS asked_status,
            if({by_further:Bool}, further, '') AS asked_further,
            sumOrNullIf(value, mark = 0) AS given_value,
            countIf(mark = 0) AS given_count,
            countIf(mark = 1) AS missing_count,
            countIf(mark = 2) AS not_applicable_count
        FROM observations
        WHERE key_figure IN {figures:Array(String)}
            AND year IN {years:Array(UInt16)}
            AND bitTest(margins, {margin:UInt8})
        GROUP BY
            submission, key_figure, asked_municipality, asked_measure, asked_sex, asked_age, asked_status, asked_further
    )
SELECT
    key_figure,
    in_force_marked.year,
    if({by_part:Bool}, part, 0) AS asked_part,
    if({by_organisation:Bool}, organisation, '') AS asked_organisation,
    asked_municipality,
    asked_measure,
    asked_sex,
    asked_age,
    asked_status,
    asked_further,
    toInt64(sumOrNullIf(given_value, NOT has(held_figures, toString(key_figure))) * 10000) AS value_in_ten_thousandths,
    sumIf(given_count, NOT has(held_figures, toString(key_figure))) AS given_total,
    sum(missing_count) + sumIf(given_count, has(held_figures, toString(key_figure))) AS missing_total,
    sum(not_applicable_count) AS not_applicable_total,
    uniqExactIf(organisation, given_count > 0 AND NOT has(held_figures, toString(key_figure))) AS organisation_count,
    uniqExactIf(part, given_count > 0 AND NOT has(held_figures, toString(key_figure))) AS part_count,
    countIf(NOT is_final) > 0 AS is_provisional
FROM by_submission
INNER JOIN in_force_marked ON submission_in_force = by_submission.submission
WHERE {by_part:Bool} OR is_last_part OR key_figure NOT IN {stocks:Array(String)}
GROUP BY
    key_figure, in_force_marked.year, asked_part, asked_organisation, asked_municipality, asked_measure,
    asked_sex, asked_age, asked_status, asked_further
ORDER BY
    key_figure, in_force_marked.year, asked_part, asked_organisation, asked_municipality, asked_measure,
    asked_sex, asked_age, asked_status, asked_further
