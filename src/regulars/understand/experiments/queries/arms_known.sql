-- Which person is each candidate, and which arm has she, if she ever entered under any of her
-- records? The first entry holds. (Postgres)
WITH persons AS (
    SELECT c.line_no, c.experiment_id, coalesce(m.merged_into_id, c.member_id) AS person_id
    FROM drawing AS c LEFT JOIN members_member AS m ON m.id = c.member_id
),
records AS (
    SELECT line_no, experiment_id, person_id AS member_id FROM persons
    UNION ALL
    SELECT p.line_no, p.experiment_id, m.id
    FROM persons AS p JOIN members_member AS m ON m.merged_into_id = p.person_id
),
first_entries AS (
    SELECT DISTINCT ON (r.line_no) r.line_no, e.is_held_out
    FROM records AS r
    JOIN experiments_entry AS e USING (experiment_id, member_id)
    ORDER BY r.line_no, e.entered_on, e.id
)
SELECT p.line_no, p.person_id, f.is_held_out
FROM persons AS p LEFT JOIN first_entries AS f USING (line_no)
ORDER BY p.line_no
