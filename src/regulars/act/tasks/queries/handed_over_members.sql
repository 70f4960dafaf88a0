-- Who went from one person to those who took over on this day, and is with them still?
SELECT now_with.member_id
FROM members_relation AS now_with
JOIN members_relation AS before
    ON before.member_id = now_with.member_id AND before.valid_to = now_with.valid_from
JOIN members_member AS m ON m.id = now_with.member_id AND m.home_store_id = %(store)s
WHERE now_with.valid_from = %(day)s AND now_with.staff_id = ANY (%(takers)s)
  AND before.staff_id = %(from)s
