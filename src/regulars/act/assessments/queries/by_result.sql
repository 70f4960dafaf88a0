-- How many got each result of an assessment, and how many of them are members?
SELECT result, count(*) AS people, count(member_id) AS members
FROM assessments_answer, jsonb_array_elements_text(results) AS result
WHERE version_id = ANY (%(versions)s) AND finished_at IS NOT NULL
GROUP BY result
ORDER BY people DESC, result
