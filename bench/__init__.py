"""Measured claims: each beside a named alternative, in one run, on this machine."""
