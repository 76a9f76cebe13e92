-- The row counts the figures that differ between two submissions of a year: those that
-- only the old one gives, those with another value, and those that only the new one
-- gives.
SELECT
    countIf(old_value IS NOT NULL AND new_value IS NULL) AS gone_count,
    countIf(old_value IS NOT NULL AND new_value IS NOT NULL AND old_value != new_value) AS changed_count,
    countIf(old_value IS NULL AND new_value IS NOT NULL) AS added_count
FROM
(
    SELECT
        sumOrNullIf(value, submission = {old:UUID} AND mark = 0) AS old_value,
        sumOrNullIf(value, submission = {new:UUID} AND mark = 0) AS new_value
    FROM observations
    WHERE submission IN ({old:UUID}, {new:UUID}) AND year = {year:UInt16}
    GROUP BY key_figure, municipality, measure, sex, age, status, further
)
