-- How many are in each segment?
SELECT t.segment_id, count(*) AS size
FROM segment_members AS t
GROUP BY t.segment_id;
