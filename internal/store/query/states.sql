-- A row is how many submissions are in a state.
SELECT state, count()
FROM
(
    SELECT
        multiIf(
            countIf(kind = 'withdrawn') > 0, 'withdrawn', countIf(kind = 'returned') > 0, 'returned',
            countIf(kind = 'accepted') > 0, 'accepted', countIf(kind = 'submitted') > 0, 'submitted',
            countIf(kind = 'refused') > 0, 'refused', 'received') AS state
    FROM submission_events
    GROUP BY submission
)
GROUP BY state
ORDER BY state
