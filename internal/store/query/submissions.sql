-- A row is a submission, whether its events are written or not.
SELECT
    id, form, form_version, organisation, year, part, file_name, sha256, size, rows, faulty_rows, observations, definition,
    if({with_report:Bool}, report, '') AS report_text
FROM submissions
WHERE (empty({ids:Array(UUID)}) OR id IN {ids:Array(UUID)})
    AND (empty({years:Array(UInt16)}) OR year IN {years:Array(UInt16)})
    AND (empty({organisation:String}) OR organisation = {organisation:String})
