-- What do the cards of these leads show, in this order? Of a member her youngest child, and how
-- often she was approached by each channel since a moment. Names are looked up one by one: a plan
-- of so many joins takes longer than the answer. (Postgres)
SELECT
    l.id, l.version, l.parent_id, l.member_id, l.title, l.reason, l.talk, l.content_url, l.coupon,
    l.value_cents, l.due_on, l.state IN ('open', 'taken') AS is_to_do,
    coalesce((SELECT name FROM org_staff WHERE id = l.staff_id), '') AS staff_name,
    coalesce(
        (SELECT name FROM catalog_product WHERE code = l.goods ->> 0), l.goods ->> 0, ''
    ) AS good,
    coalesce((SELECT is_service FROM opportunities_play WHERE id = l.play_id), FALSE) AS is_service,
    coalesce(m.name, '') AS member_name,
    coalesce(m.code, '') AS member_code,
    youngest.birth_on AS child_birth_on,
    youngest.due_on AS child_due_on,
    json_build_object(
        'call', m.is_call_allowed, 'sms', m.is_sms_allowed, 'wecom', m.is_wecom_allowed
    ) AS consents,
    coalesce((
        SELECT json_object_agg(channel, times)
        FROM (
            SELECT channel, count(*) AS times FROM tasks_contact
            WHERE member_id = l.member_id AND made_at > %(since)s
            GROUP BY channel
        ) AS made
    ), '{}') AS contacts
FROM unnest(%(leads)s::bigint[]) WITH ORDINALITY AS asked (id, place)
JOIN tasks_lead AS l USING (id)
LEFT JOIN members_member AS m ON m.id = l.member_id
LEFT JOIN LATERAL (
    SELECT birth_on, due_on FROM members_child
    WHERE member_id = l.member_id
    ORDER BY coalesce(birth_on, due_on) DESC, code DESC
    LIMIT 1
) AS youngest ON TRUE
ORDER BY asked.place
