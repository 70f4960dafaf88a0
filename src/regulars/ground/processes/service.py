"""What the room offers to others."""

from regulars.ground.processes.postgres import disposable_postgres, ensure_cluster, postgres

__all__ = ["disposable_postgres", "ensure_cluster", "postgres"]
