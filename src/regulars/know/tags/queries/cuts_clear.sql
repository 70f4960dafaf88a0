-- A rank's groups begin somewhere else now.
DELETE FROM tag_cuts
WHERE subject = $subject AND code = $code;
