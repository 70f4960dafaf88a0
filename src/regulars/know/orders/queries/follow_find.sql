-- Which tickets belong to another member now, because records were merged or taken apart?
CREATE OR REPLACE TEMP TABLE following AS
SELECT ticket_id, coalesce(kept_member_id, named) AS member_id, named
FROM (SELECT ticket_id, member_id AS held_by, coalesce(named_member_id, member_id) AS named FROM tickets) AS told
LEFT JOIN merged_members ON merged_members.member_id = named
WHERE
    named IN (SELECT unnest($ids::BIGINT[]))
    AND coalesce(kept_member_id, named) IS DISTINCT FROM held_by;
