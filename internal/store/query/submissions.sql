-- A row is a submission with its events up to {as_of}, the oldest first.
SELECT
    id, form, form_version, organisation, year, part, file_name, sha256, size, rows, faulty_rows, observations, definition,
    if({with_report:Bool}, report, '') AS report_text,
    event_kinds, event_times, event_people, event_reasons
FROM submissions
INNER JOIN
(
    SELECT
        submission,
        groupArray(kind) AS event_kinds,
        groupArray(at) AS event_times,
        groupArray(person) AS event_people,
        groupArray(reason) AS event_reasons
    FROM (SELECT submission, kind, at, person, reason FROM submission_events WHERE at <= {as_of:DateTime64(6, 'UTC')} ORDER BY submission, at)
    GROUP BY submission
) AS event_of ON event_of.submission = submissions.id
WHERE (empty({ids:Array(UUID)}) OR id IN {ids:Array(UUID)})
    AND (empty({forms:Array(String)}) OR form IN {forms:Array(String)})
    AND (empty({organisations:Array(String)}) OR organisation IN {organisations:Array(String)})
    AND (empty({years:Array(UInt16)}) OR year IN {years:Array(UInt16)})
ORDER BY event_times[1], id
