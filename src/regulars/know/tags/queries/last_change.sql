-- Up to which change of members' facts can be taken up now?
SELECT max(change_id) AS last
FROM changed_members;
