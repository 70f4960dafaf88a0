-- Which goods does a member buy again and again, the most frequent first?
SELECT product_id
FROM order_lines
WHERE business_on > $since AND member_id = $member AND quantity > 0
GROUP BY product_id
ORDER BY count(DISTINCT ticket_id) DESC, max(business_on) DESC, product_id
LIMIT $most;
