-- The row is the highest sequence of any row.
SELECT greatest(
    (SELECT max(sequence) FROM submission_events),
    (SELECT max(sequence) FROM extensions),
    (SELECT max(sequence) FROM reminders)
) AS last_sequence
