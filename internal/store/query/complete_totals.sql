-- A row is the sum of a key figure of a submission, of spending in each account, of which no part is missing.
SELECT
    submission,
    if(key_figure = {spending:String}, concat(toString(key_figure), '/', extract(toString(further), {account_pattern:String})), toString(key_figure)) AS figure_in_account,
    assumeNotNull(toInt64(sumOrNullIf(value, mark = 0) * 10000)) AS value_in_ten_thousandths
FROM observations
WHERE key_figure IN {figures:Array(String)} AND year = {year:UInt16} AND submission IN {submissions:Array(UUID)} AND bitTest(margins, 0)
GROUP BY submission, figure_in_account
HAVING countIf(mark = 0) > 0 AND countIf(mark = 1) = 0
