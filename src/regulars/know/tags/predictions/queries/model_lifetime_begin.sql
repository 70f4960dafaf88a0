-- What is written anew, beside what stands.
CREATE OR REPLACE TABLE model_lifetime_next AS
FROM model_lifetime
LIMIT 0;
