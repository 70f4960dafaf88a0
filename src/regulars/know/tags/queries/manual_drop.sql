-- What was staged is taken in.
DROP TABLE staged_manual;
