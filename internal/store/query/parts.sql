-- A row is a table of the database: its parts, and the bytes that they take on the disk.
SELECT table, count(), assumeNotNull(sumOrNull(bytes_on_disk))
FROM system.parts
WHERE active AND database = currentDatabase()
GROUP BY table
ORDER BY table
