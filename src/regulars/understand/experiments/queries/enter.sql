-- Who is new enters, and each store's next block goes on behind them. (Postgres)
WITH entered AS (
    INSERT INTO experiments_entry (experiment_id, member_id, store_id, is_held_out, entered_on)
    SELECT experiment_id, member_id, store_id, is_held_out, %(on)s::date
    FROM entering ORDER BY line_no
    ON CONFLICT (experiment_id, member_id) DO NOTHING
    RETURNING experiment_id, store_id
),
counted AS (
    INSERT INTO experiments_stratum AS known (experiment_id, store_id, entered)
    SELECT experiment_id, store_id, count(*) FROM entered GROUP BY 1, 2
    ON CONFLICT (experiment_id, store_id) DO UPDATE SET entered = known.entered + excluded.entered
)
SELECT count(*) FROM entered
