-- The row tells one state of the tables from every other: rows are only added.
SELECT
    (SELECT concat(toString(count()), '-', toString(max(at))) FROM submission_events) AS last_event,
    (SELECT count() FROM extensions) AS extensions_granted,
    (SELECT count() FROM reminders) AS reminders_recorded
