-- A row is a submission of a form and organisation, whether its events are written
-- or not.
SELECT
    id, form, form_version, organisation, year, part, file_name, sha256, size, rows, faulty_rows, observations, definition,
    '' AS report_text
FROM submissions
WHERE form = {form:String} AND organisation = {organisation:String} AND year IN {years:Array(UInt16)}
