-- What staff wrote since.
INSERT INTO manual_values BY NAME
SELECT * EXCLUDE (is_forgotten) FROM staged_manual;
