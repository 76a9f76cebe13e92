-- A row is a figure that two submissions of a year state differently, or that
-- only one of them gives; what goes first.
SELECT
    key_figure,
    municipality,
    measure,
    sex,
    age,
    status,
    further,
    toInt64(sumOrNullIf(value, submission = {old:UUID} AND mark = 0) * 10000) AS old_in_ten_thousandths,
    toInt64(sumOrNullIf(value, submission = {new:UUID} AND mark = 0) * 10000) AS new_in_ten_thousandths
FROM observations
WHERE submission IN ({old:UUID}, {new:UUID}) AND year = {year:UInt16}
GROUP BY key_figure, municipality, measure, sex, age, status, further
HAVING old_in_ten_thousandths IS DISTINCT FROM new_in_ten_thousandths
ORDER BY new_in_ten_thousandths IS NOT NULL, key_figure, municipality, measure, sex, age, status, further
LIMIT {limit:UInt32}
