"""Queues beside the usual one."""

PROMPT = "prompt"
"""Of what has but seconds: the worker keeps a hand free for it, whatever else it does."""
