"""The public JSON API, version 1: what the house knows and takes in, bounded by the token's user.

Tables: none. Documented at /api/docs.
"""
