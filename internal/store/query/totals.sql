-- A row is the sum of a key figure of a submission, where anything is given.
SELECT
    key_figure,
    assumeNotNull(toInt64(sumOrNull(value) * 10000)) AS value_in_ten_thousandths
FROM observations
WHERE submission = {submission:UUID} AND year = {year:UInt16} AND mark = 0 AND bitTest(margins, 0)
GROUP BY key_figure
