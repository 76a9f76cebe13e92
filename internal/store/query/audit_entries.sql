-- A row is what somebody did, the latest first.
SELECT at, person, organisation, address, action, object, detail, request
FROM audit
WHERE at >= {from:DateTime64(6, 'UTC')} AND at < {to:DateTime64(6, 'UTC')}
    AND (empty({person:String}) OR person = {person:String})
    AND (empty({action:String}) OR action = {action:String})
    AND (empty({object:String}) OR positionCaseInsensitiveUTF8(object, {object:String}) > 0)
ORDER BY at DESC, person, action, object
LIMIT {limit:UInt64} OFFSET {offset:UInt64}
