"""A simulated chain to plan for, loaded once by the real path."""

from tests.understand.metrics.conftest import simulated, simulated_files, simulated_loaded

__all__ = ["simulated", "simulated_files", "simulated_loaded"]
