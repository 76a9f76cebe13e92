-- A row is an extension of a due date, granted up to {as_of}, the oldest first.
SELECT form, organisation, year, part, due, reason, person, at
FROM extensions
WHERE year IN {years:Array(UInt16)} AND at <= {as_of:DateTime64(6, 'UTC')}
ORDER BY sequence, at
