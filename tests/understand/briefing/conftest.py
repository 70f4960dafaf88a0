"""The chain of six stores, which actions are tested on too."""

from tests.understand.actions.conftest import six_stores

__all__ = ["six_stores"]
