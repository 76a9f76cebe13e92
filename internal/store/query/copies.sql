-- A row is another copy of the program that was at work within {seconds} seconds and did
-- not say that it stops, with how long ago it was last, in seconds.
SELECT copy, any(host) AS copy_host, toInt64(now() - max(at)) AS seconds_ago, toInt64(now() - min(at)) AS seconds_since
FROM copies
WHERE copy != {copy:String}
GROUP BY copy
HAVING seconds_ago < {seconds:Int64} AND NOT max(gone)
ORDER BY min(at), copy
