-- The model says nothing of anybody.
DELETE FROM model_lifetime;
