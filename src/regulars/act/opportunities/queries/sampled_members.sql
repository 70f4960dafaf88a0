-- Some members by chance, the same each time: those whose spread number is among the smallest.
SELECT member_id
FROM members
WHERE home_store_id IS NOT NULL AND joined_on <= $since AND hash(member_id) % $parts = 0;
