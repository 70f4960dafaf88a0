"""A chain to stand in."""

from tests.understand.actions.conftest import six_stores

__all__ = ["six_stores"]
