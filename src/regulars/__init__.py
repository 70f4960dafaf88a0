"""Regulars (熟客): member operations for chain retail."""
