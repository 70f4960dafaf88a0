"""Chains to try the platform with: real, and simulated."""
