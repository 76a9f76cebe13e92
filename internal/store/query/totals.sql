-- A row is the sum of a key figure of a submission, of spending in each account,, where anything is given.
SELECT
    if(key_figure = {spending:String}, concat(toString(key_figure), '/', extract(toString(further), {account_pattern:String})), toString(key_figure)) AS figure_in_account,
    assumeNotNull(toInt64(sumOrNull(value) * 10000)) AS value_in_ten_thousandths
FROM observations
WHERE submission = {submission:UUID} AND year = {year:UInt16} AND mark = 0 AND bitTest(margins, 0)
GROUP BY figure_in_account
