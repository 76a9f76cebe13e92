-- The row is how many pieces of a file are there; too few where a crash kept the
-- rest from being written.
SELECT uniqExact(piece)
FROM files
WHERE sha256 = {sha256:String}
