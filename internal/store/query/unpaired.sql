-- A row is what of a key figure does not count for the ratio {ratios}[ratio], for a year
-- and one combination of the asked dimensions: figures beside which another figure of
-- the ratio is not known. Beside each other are figures of one row; where two figures
-- are broken down by different dimensions of persons, those of one municipality,
-- measure and further dimensions. forms and form_figures say which figures a form asks
-- for: what it does not ask for cannot be missing. The windows are opened only over
-- submissions in which the figures are not all given for the same cells.
WITH
    {{in_force}},
    by_figure AS
    (
        SELECT
            submission,
            key_figure,
            countIf(mark != 0) AS marked_count,
            groupBitXorIf(cityHash64(municipality, measure, sex, age, status, further), mark = 0) AS cells_hash
        FROM observations
        WHERE key_figure IN {figures:Array(String)} AND year IN {years:Array(UInt16)} AND bitTest(margins, {margin:UInt8})
        GROUP BY submission, key_figure
    ),
    uneven AS
    (
        SELECT submission
        FROM by_figure
        INNER JOIN in_force_marked ON submission_in_force = by_figure.submission
        GROUP BY submission
        HAVING sum(marked_count) > 0
            OR uniqExact(cells_hash) > 1
            OR count() < length(arrayIntersect({figures:Array(String)}, {form_figures:Array(Array(String))}[indexOf({forms:Array(String)}, any(form))]))
            OR hasAny(any(held_figures), {figures:Array(String)})
    ),
    cells AS
    (
        SELECT
            submission,
            organisation,
            in_force_marked.year AS of_year,
            part AS of_part,
            toString(key_figure) AS figure_id,
            municipality,
            measure,
            sex,
            age,
            status,
            further,
            value,
            {form_figures:Array(Array(String))}[indexOf({forms:Array(String)}, form)] AS form_ids,
            mark = 0 AND NOT has(held_figures, figure_id) AS is_known,
            is_known OR mark = 2 AS is_answered,
            groupUniqArrayIf(figure_id, NOT is_known) OVER here AS unknown_here,
            groupUniqArrayIf(figure_id, NOT is_answered) OVER here AS missing_here,
            groupUniqArrayIf(figure_id, is_known) OVER there AS known_there,
            groupUniqArrayIf(figure_id, is_answered) OVER there AS answered_there
        FROM observations
        INNER JOIN in_force_marked ON submission_in_force = observations.submission
        WHERE submission IN (SELECT submission FROM uneven)
            AND key_figure IN {figures:Array(String)}
            AND observations.year IN {years:Array(UInt16)}
            AND bitTest(margins, {margin:UInt8})
            AND ({by_part:Bool} OR is_last_part OR key_figure NOT IN {stocks:Array(String)})
        WINDOW
            here AS (PARTITION BY submission, municipality, measure, further, sex, age, status),
            there AS
            (
                PARTITION BY submission, municipality, measure, further,
                    if({by_sex:Bool}, sex, ''), if({by_age:Bool}, age, ''), if({by_status:Bool}, status, '')
            )
    ),
    cells_of_ratios AS
    (
        SELECT
            *,
            arrayJoin(arrayEnumerate({ratios:Array(Array(String))})) AS ratio,
            arrayIntersect({ratios:Array(Array(String))}[ratio], form_ids) AS paired_ids,
            is_known AND (hasAny(unknown_here, paired_ids) OR NOT hasAll(known_there, paired_ids)) AS is_unpaired,
            hasAny(missing_here, paired_ids) OR NOT hasAll(answered_there, paired_ids) AS is_incomplete
        FROM cells
        WHERE has({ratios:Array(Array(String))}[ratio], figure_id) AND length(paired_ids) > 1
    )
SELECT
    ratio,
    figure_id,
    of_year,
    if({by_part:Bool}, of_part, 0) AS asked_part,
    if({by_organisation:Bool}, organisation, '') AS asked_organisation,
    if({by_municipality:Bool}, municipality, 0) AS asked_municipality,
    if({by_measure:Bool}, measure, '') AS asked_measure,
    if({by_sex:Bool}, sex, '') AS asked_sex,
    if({by_age:Bool}, age, '') AS asked_age,
    if({by_status:Bool}, status, '') AS asked_status,
    if({by_further:Bool}, further, '') AS asked_further,
    toInt64(coalesce(sumOrNullIf(value, is_unpaired), toDecimal64(0, 4)) * 10000) AS value_in_ten_thousandths,
    countIf(is_unpaired) AS unpaired_total,
    arraySort(groupUniqArrayIf(toString(submission), is_incomplete)) AS incomplete_submissions
FROM cells_of_ratios
WHERE is_unpaired OR is_incomplete
GROUP BY
    ratio, figure_id, of_year, asked_part, asked_organisation, asked_municipality, asked_measure,
    asked_sex, asked_age, asked_status, asked_further
