-- With which of these members can a colleague chat now, and as whom does WeCom know her? With nobody
-- while there is no connection; of two contacts the later one. (Postgres)
SELECT DISTINCT ON (c.member_id) c.member_id, c.external_userid
FROM wecom_staff AS s
JOIN wecom_contact AS c ON lower(c.userid) = lower(s.userid)
WHERE
    s.staff_id = %(staff)s AND c.member_id = ANY(%(members)s::bigint[]) AND c.ended_at IS NULL
    AND EXISTS (SELECT FROM wecom_connection WHERE is_active)
ORDER BY c.member_id, c.added_at DESC, c.id DESC
