-- Who of those that work here today and are not matched has a staff code that can be her WeCom id?
INSERT INTO wecom_staff (staff_id, userid, by, made_at, made_by_id)
SELECT DISTINCT ON (lower(s.code)) s.id, s.code, 'code', %(now)s, %(actor)s::bigint
FROM org_staff AS s
WHERE s.code ~ '^[A-Za-z0-9][A-Za-z0-9_@.-]{0,63}$'
  AND NOT EXISTS (SELECT FROM wecom_staff AS m WHERE m.staff_id = s.id OR lower(m.userid) = lower(s.code))
  AND EXISTS (
      SELECT FROM org_position AS p
      WHERE p.staff_id = s.id AND p.valid_from <= %(today)s
        AND (p.valid_to IS NULL OR p.valid_to > %(today)s)
  )
ORDER BY lower(s.code), s.id
ON CONFLICT DO NOTHING
