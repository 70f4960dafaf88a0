-- Who is to do what was due between two days and is still open, and who gave it to somebody else?
WITH owned AS (
    SELECT action.*, coalesce(action.who_id, account.id) AS owner_id
    FROM actions_action AS action
    LEFT JOIN accounts_user AS account ON account.staff_id = action.staff_id
    WHERE state = 'open' AND due_on >= %(since)s AND due_on < %(day)s
),
concerned AS (
    SELECT id, what, due_on, owner_id AS user_id, TRUE AS is_own FROM owned
    UNION ALL
    SELECT id, what, due_on, made_by_id, FALSE
    FROM owned
    WHERE made_by_id IS DISTINCT FROM owner_id AND parent_id IS NULL
)
SELECT
    user_id,
    coalesce(nullif(who.language, ''), %(language)s),
    is_own,
    count(*),
    (array_agg(what ORDER BY due_on, concerned.id))[1:3],
    (array_agg(concerned.id ORDER BY due_on, concerned.id))[1]
FROM concerned
JOIN accounts_user AS who ON who.id = user_id AND who.is_active
GROUP BY user_id, who.language, is_own
ORDER BY user_id, is_own
