"""Short ways to begin an experiment, whose chance is the same in every run, and to have people
enter it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from tests.understand.experiments.small_chain import BEGAN_ON, members

from regulars.know.members.models import Member
from regulars.understand.experiments import service
from regulars.understand.experiments.models import Entry, Experiment

PURCHASE = {"kind": "purchase"}


def began(rate: str = "0.25", outcome: dict[str, Any] = PURCHASE, **facts: Any) -> Experiment:
    code = f"trial-{Experiment.objects.count()}"
    told = {"code": code, "name": "Trial", "window_days": 14, "on": BEGAN_ON} | facts
    experiment = service.begin(holdout_rate=Decimal(rate), outcome=outcome, **told)
    Experiment.objects.filter(pk=experiment.pk).update(salt=experiment.code)
    return experiment


def table(*rows: tuple[Experiment, int, int | None]) -> pa.Table:
    columns = zip(*((e.pk, member, store) for e, member, store in rows), strict=True)
    names = ("experiment_id", "member_id", "store_id")
    return pa.table(
        {name: pa.array(each, pa.int64()) for name, each in zip(names, columns, strict=True)}
    )


def everybody(experiment: Experiment) -> pa.Table:
    """All members of the chain, each at her home store."""
    known = {m.code: (m.pk, m.home_store_id) for m in Member.objects.all()}
    return table(*((experiment, *known[code]) for code, _store in members()))


def entered(rows: pa.Table, on: date = BEGAN_ON) -> pa.Table:
    drawn = service.draw(rows)
    service.enter(drawn, on)
    return drawn


def arms(experiment: Experiment) -> dict[int, bool]:
    return dict(Entry.objects.filter(experiment=experiment).values_list("member_id", "is_held_out"))
