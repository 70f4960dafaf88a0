-- The tables of other subjects are made anew.
UPDATE tag_states
SET definitions = ''
WHERE subject != 'member' AND subject IN (SELECT subject FROM staged_manual);
