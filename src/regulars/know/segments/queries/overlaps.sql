-- How many are in each segment, and how many of them in this one?
SELECT
    t.segment_id,
    count(*) AS size,
    count(own.member_id) AS shared
FROM segment_members AS t
LEFT JOIN segment_members AS own ON own.segment_id = $segment AND own.member_id = t.member_id
GROUP BY t.segment_id;
