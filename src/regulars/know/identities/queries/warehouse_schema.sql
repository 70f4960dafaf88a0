-- Which changes of persons the warehouse has taken in; Postgres is told with the next ones.
CREATE TABLE IF NOT EXISTS persons_told (move_id BIGINT);
