-- What do the cards of these leads show, in this order? Of a member her youngest child, and how
-- often she was approached by each channel since a moment. (Postgres)
SELECT
    l.id, l.version, l.parent_id, l.member_id, l.title, l.reason, l.talk, l.content_url, l.coupon,
    l.value_cents, l.due_on, l.state IN ('open', 'taken') AS is_to_do,
    coalesce(s.name, '') AS staff_name,
    coalesce(g.name, l.goods ->> 0, '') AS good,
    coalesce(p.is_service, FALSE) AS is_service,
    coalesce(m.name, '') AS member_name,
    coalesce(m.code, '') AS member_code,
    youngest.birth_on AS child_birth_on,
    youngest.due_on AS child_due_on,
    json_build_object(
        'call', m.is_call_allowed, 'sms', m.is_sms_allowed, 'wecom', m.is_wecom_allowed
    ) AS consents,
    coalesce(approached.by_channel, '{}') AS contacts
FROM unnest(%(leads)s::bigint[]) WITH ORDINALITY AS asked (id, place)
JOIN tasks_lead AS l USING (id)
LEFT JOIN org_staff AS s ON s.id = l.staff_id
LEFT JOIN catalog_product AS g ON g.code = l.goods ->> 0
LEFT JOIN opportunities_play AS p ON p.id = l.play_id
LEFT JOIN members_member AS m ON m.id = l.member_id
LEFT JOIN LATERAL (
    SELECT birth_on, due_on FROM members_child
    WHERE member_id = m.id
    ORDER BY coalesce(birth_on, due_on) DESC, code DESC
    LIMIT 1
) AS youngest ON TRUE
LEFT JOIN LATERAL (
    SELECT json_object_agg(channel, times) AS by_channel
    FROM (
        SELECT channel, count(*) AS times FROM tasks_contact
        WHERE member_id = m.id AND made_at > %(since)s
        GROUP BY channel
    ) AS made
) AS approached ON TRUE
ORDER BY asked.place
