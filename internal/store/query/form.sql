-- A row is a submission of a form for a year, of one organisation or of all,
-- whether its events are written or not.
SELECT id, organisation, part
FROM submissions
WHERE form = {form:String} AND year = {year:UInt16} AND ({everyone:Bool} OR organisation = {organisation:String})
