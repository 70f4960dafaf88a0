-- Who entered an experiment, one row a person: her first entry, whatever her records were then.
-- (Postgres)
SELECT DISTINCT ON (coalesce(m.merged_into_id, e.member_id))
    coalesce(m.merged_into_id, e.member_id) AS member_id, e.store_id, e.is_held_out, e.entered_on
FROM experiments_entry AS e LEFT JOIN members_member AS m ON m.id = e.member_id
WHERE e.experiment_id = %(experiment)s
ORDER BY coalesce(m.merged_into_id, e.member_id), e.entered_on, e.id
