-- How many lines are there to fit models on?
SELECT count(*) AS n
FROM order_lines;
