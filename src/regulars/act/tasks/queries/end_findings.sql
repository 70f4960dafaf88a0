-- What findings asked of stores and nobody has begun, where nothing is found any more: it ends.
WITH ended AS (
    UPDATE tasks_lead AS l
    SET state = 'dropped', closed_at = %(now)s, version = version + 1
    WHERE l.source = 'finding' AND l.state = 'open' AND l.opened_on < %(day)s
      AND NOT EXISTS (
          SELECT FROM tasks_found AS f WHERE f.store_id = l.store_id AND f.source_id = l.source_id
      )
      AND NOT EXISTS (SELECT FROM tasks_change AS c WHERE c.lead_id = l.id AND c.what = ANY (%(begun)s))
    RETURNING l.id, l.store_id
), noted AS (
    INSERT INTO tasks_change (lead_id, what, detail, made_at)
    SELECT id, 'closed', jsonb_build_object('why', 'finding_gone', 'by', 'itself'), %(now)s FROM ended
)
SELECT id, store_id FROM ended ORDER BY id
