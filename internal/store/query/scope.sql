-- The row says of which municipalities and measures a submission has figures.
SELECT
    arraySort(groupUniqArrayIf(municipality, municipality != 0)) AS all_municipalities,
    arraySort(groupUniqArrayIf(toString(measure), measure != '')) AS all_measures
FROM observations
WHERE submission = {submission:UUID} AND year = {year:UInt16}
