-- A row is the sum of a key figure of a submission of which no part is missing.
SELECT
    submission,
    key_figure,
    assumeNotNull(toInt64(sumOrNullIf(value, mark = 0) * 10000)) AS value_in_ten_thousandths
FROM observations
WHERE key_figure IN {figures:Array(String)} AND year = {year:UInt16} AND submission IN {submissions:Array(UUID)} AND bitTest(margins, 0)
GROUP BY submission, key_figure
HAVING countIf(mark = 0) > 0 AND countIf(mark = 1) = 0
