"""Morning: 100,000 leads chosen from millions of candidates, and opened, in one launch.

What plays ask of members' tags stands in a narrow table made beforehand (their last purchase and
spend), because computing tags is measured on its own. Consultants look after one member in ten.
Beside it: the same rows opened one by one through the ORM, from a sample of them.
"""

import time
from datetime import date, timedelta
from typing import Any

from bench.chains import END, deployment, import_kinds
from bench.harness import Result, peak_mb

PEOPLE, LEADS_A_DAY = 7_000, 15
PLAYS = 10
SAMPLE = 1_000
DAY = END + timedelta(days=1)
STANDINGS = """
CREATE OR REPLACE TABLE bench_standings AS
SELECT m.member_id, m.home_store_id, max(t.business_on) AS last_on,
       sum(t.net_cents)::BIGINT AS spent_cents
FROM members AS m INNER JOIN tickets AS t ON t.member_id = m.member_id AND t.is_purchase
WHERE m.home_store_id IS NOT NULL
GROUP BY ALL
"""
CANDIDATES = """
SELECT {play}::BIGINT AS play_id, member_id, home_store_id::BIGINT AS store_id,
       (spent_cents // 20)::BIGINT AS value_cents,
       json_object('last_on', last_on) AS facts,
       concat('上次购买在', strftime(last_on, '%-m月%-d日')) AS reason
FROM bench_standings
WHERE last_on BETWEEN DATE '{first}' AND DATE '{last}'
"""
CLEAR = """
DELETE FROM tasks_change; DELETE FROM tasks_contact; DELETE FROM tasks_lead;
DELETE FROM tasks_launch; DELETE FROM experiments_entry; DELETE FROM experiments_stratum;
DELETE FROM opportunities_play; DELETE FROM experiments_experiment;
DELETE FROM members_relation; DELETE FROM org_position; DELETE FROM org_staff WHERE code LIKE 'B%'
"""
STAFF = """
INSERT INTO org_staff (code, name)
SELECT 'B' || n, 'B' || n FROM generate_series(1, %(people)s) AS n
"""
POSITIONS = """
WITH stores AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS n
    FROM org_node WHERE kind = 'store'
), people AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM org_staff WHERE code LIKE 'B%'
)
INSERT INTO org_position (staff_id, node_id, kind, valid_from)
SELECT p.id, s.id, 'consultant', DATE '2020-01-01'
FROM people AS p JOIN stores AS s ON s.place = p.place % s.n
"""


def main(scale: float) -> None:
    with deployment(scale) as source:
        import_kinds(source, ("lines",))
        people = max(int(PEOPLE * scale), 8)
        _begin(people)
        plays = _plays()
        _stand_in(plays)
        from regulars.act.tasks.service import launch

        began = time.perf_counter()
        made = launch(DAY)
        took = time.perf_counter() - began
        _save(made.counts, took, _one_by_one(), people)


def _begin(people: int) -> None:
    from django.db import connection

    from regulars.ground.warehouse.service import Statement, query, run

    run(Statement(STANDINGS))
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
        cursor.execute(STAFF, {"people": people})
        cursor.execute(POSITIONS)
    _relate(query("SELECT member_id, home_store_id FROM members WHERE member_id % 10 = 0"))


def _relate(members: Any) -> None:
    """One member in ten is somebody's of her home store."""
    from django.db import connection, transaction

    from regulars.ground.kit.arrow_postgres import copy_to_temporary_table

    with transaction.atomic(), connection.cursor() as cursor:
        copy_to_temporary_table("bench_members", members)
        cursor.execute(
            "INSERT INTO members_relation (member_id, staff_id, valid_from) "
            "SELECT m.member_id, min(p.staff_id), DATE '2020-01-01' FROM bench_members AS m "
            "JOIN org_position AS p ON p.node_id = m.home_store_id GROUP BY m.member_id"
        )


def _plays() -> list[Any]:
    from regulars.act.opportunities.models import Play
    from regulars.understand.experiments.models import Experiment

    plays = []
    for n in range(PLAYS):
        tried = Experiment.objects.create(
            code=f"bench-{n}", name=str(n), holdout_rate="0.10", outcome={"kind": "purchase"},
            window_days=14, salt=str(n), began_on=DAY,
        )  # fmt: skip
        plays.append(Play.objects.create(
            code=f"bench-{n}", name=f"bench {n}", reason="", state=Play.State.APPROVED,
            starts_on=DAY, ends_on=DAY, experiment=tried, outcome={"kind": "purchase"},
            priority=50 + n % 3,
        ))  # fmt: skip
    return plays


def _stand_in(plays: list[Any]) -> None:
    """What the plays' texts would find: members by the days since their last purchase, each play
    a stretch of half a year that the next one overlaps."""
    import sqlglot

    from regulars.act.opportunities import service as opportunities
    from regulars.know.events.matching import Relation

    starts = {play.pk: 30 + 30 * n for n, play in enumerate(plays)}

    def candidates(play: Any, on: date, language: str = "zh") -> Relation:
        last = END - timedelta(days=starts[play.pk])
        told = {"play": play.pk, "first": last - timedelta(days=180), "last": last}
        return Relation(sqlglot.parse_one(CANDIDATES.format(**told), dialect="duckdb"))  # type: ignore[arg-type]

    opportunities.candidates = candidates  # type: ignore[assignment]
    opportunities.running = lambda on=None: plays  # type: ignore[assignment,misc]


def _one_by_one() -> float:
    """Seconds a lead, opened and noted one at a time, for whom it was opened before."""
    from django.db import transaction

    from regulars.act.tasks.models import Lead, LeadChange
    from regulars.understand.experiments.models import Entry

    rows = list(Lead.objects.select_related("play").order_by("pk")[:SAMPLE])
    Lead.objects.filter(pk__in=[lead.pk for lead in rows]).delete()
    began = time.perf_counter()
    for lead in rows:
        with transaction.atomic():
            Entry.objects.filter(experiment=lead.play.experiment_id, member=lead.member_id).first()
            lead.pk = None
            lead.save()
            LeadChange.objects.create(lead=lead, what="opened")
    return (time.perf_counter() - began) / max(len(rows), 1)


def _save(counts: dict[str, int], took: float, each: float, people: int) -> None:
    opened = counts["opened"]
    Result(
        name="morning_launch",
        claim="Choosing the leads of a morning by value, caps and hold-out across all plays, and "
        "opening them with somebody assigned, once",
        value=took,
        unit="s",
        bar=60.0,
        alternatives={"row by row through the ORM (from a sample)": each * opened},
        sizes={
            "leads": opened,
            "candidates": counts["candidates"],
            "members": counts["members"],
            "held out": counts["held_out"],
            "people": people,
        },
        notes=f"{PLAYS} plays over what is known of members' last purchases; {peak_mb():,.0f} MB; "
        "consents and contacts were empty",
    ).save()
