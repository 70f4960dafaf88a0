"""Starts, watches and stops everything a deployment runs, its own PostgreSQL among them.

Tables: none. Events: none. Its state stands in the deployment's runtime folder (`status.json`).
"""
