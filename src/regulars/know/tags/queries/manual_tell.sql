-- The members of whom it was written are to be computed.
INSERT INTO changed_members (member_id)
SELECT DISTINCT coalesce(kept_member_id, owner_id)
FROM staged_manual
LEFT JOIN merged_members ON member_id = owner_id
WHERE subject = 'member';
