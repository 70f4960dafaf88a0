-- Of earlier days the whole is kept, not each store and colleague. (Postgres)
UPDATE experiments_outcome
SET facts = facts || '{"by_store": [], "by_staff": []}'::jsonb
WHERE
    experiment_id = %(experiment)s
    AND measured_on < %(on)s
    AND (facts -> 'by_store' <> '[]'::jsonb OR facts -> 'by_staff' <> '[]'::jsonb)
