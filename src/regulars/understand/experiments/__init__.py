"""Experiments: what is kept from some by chance, so that what it was worth can be told.

Owns experiments_*. Publishes nothing; hears nothing.
"""
