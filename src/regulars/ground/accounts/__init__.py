"""Users, roles, and the one place that decides who sees what.

Tables: accounts_user, accounts_token.
"""
