-- The row tells one state of the data from every other: events are only added.
SELECT concat(toString(count()), '-', toString(max(at)))
FROM submission_events
