-- Nobody joins after the first purchase.
UPDATE members
SET joined_on = chains.joined_on
FROM (SELECT DISTINCT member_id, joined_on FROM chains) AS chains
WHERE chains.member_id = members.member_id AND chains.joined_on < members.joined_on;
