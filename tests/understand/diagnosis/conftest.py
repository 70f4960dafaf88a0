"""The simulated chain of the metrics' tests, asked why."""

from tests.understand.metrics.conftest import simulated, simulated_files, simulated_loaded

__all__ = ["simulated", "simulated_files", "simulated_loaded"]
