"""PostgreSQL away, in the short form; `make away` is the long one."""

from tests.acceptance.away import spend_away

SECONDS = 5.0


def test_while_postgres_is_away_nothing_is_acknowledged_and_afterwards_all_is_well() -> None:
    report = spend_away(SECONDS)
    assert report.statuses == {"order": {200, 503}, "event": {200, 503}}
    assert report.without_retry_after == 0
    assert "database" in report.said
    assert len(report.acknowledged) == 4
    assert report.wrong == []
