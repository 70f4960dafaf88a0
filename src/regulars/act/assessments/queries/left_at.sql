-- After how many questions do those who did not finish leave an assessment?
SELECT reached, count(*) AS people
FROM assessments_answer
WHERE version_id = ANY (%(versions)s) AND finished_at IS NULL AND agreed_at < %(before)s
GROUP BY reached
ORDER BY reached
