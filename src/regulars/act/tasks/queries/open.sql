-- The chosen become leads, each noted as opened; whom somebody is to approach already is left out.
WITH opened AS (
    INSERT INTO tasks_lead (
        play_id, launch_id, parent_id, member_id, store_id, staff_id, title, reason, facts, talk,
        content_url, goods, coupon, source, source_id, priority, value_cents, is_outreach, state,
        result, note, ticket_no, due_on, opened_on, opened_at, version
    )
    SELECT c.play_id, %(launch)s, c.parent_id, c.member_id, c.store_id, s.staff_id,
           coalesce(c.title, p.name, ''), coalesce(c.reason, ''), coalesce(c.facts, '{}')::jsonb,
           coalesce(p.talk, ''), coalesce(p.content_url, ''), coalesce(c.goods::jsonb, p.goods -> 'products', '[]'),
           coalesce(p.coupon, ''), c.source, coalesce(c.source_id, ''),
           coalesce(c.priority, p.priority, 50), c.value_cents, c.is_outreach, 'open', '', '', '',
           coalesce(c.due_on, %(day)s + coalesce(p.open_days, 7)::integer), %(day)s, %(now)s, 1
    FROM tasks_chosen AS c
    JOIN tasks_staffed AS s USING (row_no)
    LEFT JOIN opportunities_play AS p ON p.id = c.play_id
    ORDER BY c.row_no
    ON CONFLICT DO NOTHING
    RETURNING id, store_id, staff_id
), noted AS (
    INSERT INTO tasks_change (lead_id, what, detail, made_by_id, made_at)
    SELECT id, 'opened', jsonb_build_object('staff', staff_id), %(actor)s, %(now)s FROM opened
)
SELECT id, store_id FROM opened ORDER BY id
