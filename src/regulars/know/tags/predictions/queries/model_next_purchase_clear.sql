-- The model says nothing of anybody.
DELETE FROM model_next_purchase;
