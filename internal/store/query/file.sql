-- A row is a piece of a file, in order. A file that came twice is kept once,
-- unless two came at the same moment: the pieces are the same then.
SELECT any(content)
FROM files
WHERE sha256 = {sha256:String}
GROUP BY piece
ORDER BY piece
