-- The row is the memory that the engine has taken, in bytes.
SELECT value
FROM system.metrics
WHERE metric = 'MemoryTracking'
