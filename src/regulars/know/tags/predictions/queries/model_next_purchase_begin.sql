-- What is written anew, beside what stands.
CREATE OR REPLACE TABLE model_next_purchase_next AS
FROM model_next_purchase
LIMIT 0;
