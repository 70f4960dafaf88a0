-- How far the numbers are, for whoever reads them. (Postgres)
INSERT INTO live_state AS known (id, revision, business_on, as_of)
VALUES (1, %(revision)s, %(day)s, %(as_of)s)
ON CONFLICT (id) DO UPDATE SET
    revision = excluded.revision, business_on = excluded.business_on, as_of = excluded.as_of
