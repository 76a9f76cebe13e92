-- The row tells one state of the tables from every other: rows are only added, and the
-- checksums of the submissions tell one content from another.
SELECT
    (SELECT concat(toString(count()), '-', toString(max(at)), '-', lower(hex(groupBitXor(cityHash64(submission, digest))))) FROM submission_events) AS last_event,
    (SELECT count() FROM extensions) AS extensions_granted,
    (SELECT count() FROM reminders) AS reminders_recorded
