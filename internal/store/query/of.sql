-- A row is a submission of a form and organisation for some years, with its
-- events, the oldest first.
SELECT
    id, form, form_version, organisation, year, part, file_name, sha256, size, rows, faulty_rows, observations, definition,
    '' AS report_text,
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
    FROM
    (
        SELECT submission, kind, at, person, reason
        FROM submission_events
        WHERE submission IN
        (
            SELECT id FROM submissions
            WHERE form = {form:String} AND organisation = {organisation:String} AND year IN {years:Array(UInt16)}
        )
        ORDER BY submission, at
    )
    GROUP BY submission
) AS event_of ON event_of.submission = submissions.id
WHERE form = {form:String} AND organisation = {organisation:String} AND year IN {years:Array(UInt16)}
ORDER BY event_times[1], id
