"""Why a number moved: which factor, where, in which goods; and what it was not.

Owns diagnosis_* in Postgres, and in the warehouse diagnosis_places and diagnosis_goods: counts of
past months, kept so that each morning counts only what is new. Publishes and hears nothing.
"""
