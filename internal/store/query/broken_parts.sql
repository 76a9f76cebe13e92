-- A row is a part of a table that the engine found broken or unexpected and put aside.
SELECT table, name, assumeNotNull(reason)
FROM system.detached_parts
WHERE database = currentDatabase() AND reason IS NOT NULL AND reason NOT IN ('', 'cloned', 'covered-by-broken', 'ignored')
ORDER BY table, name
