-- What {{in_force}} stands for after a WITH: which submissions count at {as_of}, or
-- would count if some were included and others excluded. A row of in_force_marked is
-- the submission of a form, an organisation and a period that was submitted last and
-- neither returned nor withdrawn; held_figures are those of its key figures that do
-- not count before it is accepted.
event_of AS
(
    SELECT
        submission,
        submission IN {including:Array(UUID)} AS is_assumed,
        if(is_assumed, toDateTime64('2200-01-01 00:00:00', 6, 'UTC'), minIf(at, kind = 'submitted')) AS submitted_at,
        if(is_assumed, 18446744073709551615, minIf(sequence, kind = 'submitted')) AS submitted_sequence,
        is_assumed OR countIf(kind = 'submitted') > 0 AS is_submitted,
        countIf(kind = 'accepted') > 0 AS is_accepted,
        groupArrayIf(finding, kind = 'held') AS held_ids,
        NOT is_assumed AND (countIf(kind IN ('returned', 'withdrawn')) > 0 OR submission IN {excluding:Array(UUID)}) AS is_gone
    FROM submission_events
    WHERE at <= {as_of:DateTime64(6, 'UTC')}
    GROUP BY submission
),
in_force AS
(
    SELECT
        form,
        organisation,
        year,
        part,
        argMax(id, (submitted_sequence, submitted_at, id)) AS submission_in_force,
        argMax(is_accepted, (submitted_sequence, submitted_at, id)) AS is_final,
        if(is_final, [], argMax(held_ids, (submitted_sequence, submitted_at, id))) AS held_figures,
        argMax(submitted_at, (submitted_sequence, submitted_at, id)) AS last_submitted_at
    FROM submissions
    INNER JOIN event_of ON event_of.submission = submissions.id
    WHERE year IN {years:Array(UInt16)} AND is_submitted AND NOT is_gone
    GROUP BY form, organisation, year, part
),
in_force_marked AS
(
    SELECT *, part = max(part) OVER (PARTITION BY form, organisation, year) AS is_last_part
    FROM in_force
)
