-- What is written anew, beside what stands.
CREATE OR REPLACE TABLE model_stage_next AS
FROM model_stage
LIMIT 0;
