-- How many are in which of these segments? Bit n stands for the segment at place n.
WITH whereabouts AS (
    SELECT t.member_id, sum(1 << (list_position($segments::BIGINT[], t.segment_id) - 1)) AS bits
    FROM segment_members AS t
    WHERE list_contains($segments::BIGINT[], t.segment_id)
    GROUP BY t.member_id
)

SELECT bits::BIGINT AS bits, count(*) AS size
FROM whereabouts
GROUP BY bits
ORDER BY size DESC, bits;
