-- How many goods speak of a child's age?
SELECT count(*) AS n
FROM model_evidence;
