-- How many members are there?
SELECT count(*) AS n FROM members;
