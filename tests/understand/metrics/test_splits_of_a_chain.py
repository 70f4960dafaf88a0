"""Splits over a loaded chain: they sum to their leaf, and are what pandas counts from the files."""

from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from tests.acceptance.asking import HEAD_OFFICE
from tests.acceptance.journey import Deployment
from tests.understand.metrics import simulated as files

from regulars.ground.org.models import Node
from regulars.understand.metrics.identity import Counts, Tree
from regulars.understand.metrics.service import SPLIT_PARTS, Question, Slice, ask, get_split
from regulars.understand.metrics.trees import trees_for

pytestmark = pytest.mark.django_db
STARTS = (date(2026, 3, 1), date(2026, 5, 1))
KINDS = ("head_office", "region", "branch", "store")


@pytest.fixture(autouse=True)
def _on(simulated: Deployment) -> None:
    """Every test asks the simulated chain."""


def asked(first: str, last: str, **where: str) -> Question:
    return ask(HEAD_OFFICE, first=first, last=last, **where)


def sum_of(counts: list[Counts]) -> Counts:
    return Tree({str(place): each for place, each in enumerate(counts)}).total


@pytest.mark.parametrize("part", SPLIT_PARTS)
@pytest.mark.parametrize("channel", ["", "miniapp"])
@pytest.mark.parametrize("kind", KINDS)
def test_slices_sum_to_their_leaf_at_every_node(part: str, channel: str, kind: str) -> None:
    for node in Node.objects.filter(kind=kind)[:4]:
        for first, last in (("2026-05-01", "2026-05-31"), ("2026-06-03", "2026-06-04")):
            question = asked(first, last, org=node.code, channel=channel)
            now, before = trees_for(question)
            assert before is not None
            slices = get_split(question, part).slices
            assert sum_of([each.counts for each in slices]) == now.parts[part], node
            earlier = [each.before for each in slices if each.before is not None]
            assert sum_of(earlier) == before.parts[part], node


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("part", SPLIT_PARTS)
def test_slices_are_those_of_pandas_for_the_chain_and_a_branch(
    part: str, start: date, simulated_files: Path
) -> None:
    day = pd.Timestamp(start)
    slices = files.slices_of(simulated_files, part, start)
    sold = files.tickets(simulated_files)
    sold = sold[(sold["day"] >= day) & (sold["day"] < files.next_month(day))]
    stores = pd.read_parquet(simulated_files / "stores.parquet").set_index("store_id")
    in_branch = stores.index[stores["branch_id"] == "B002"]
    at_home = files.members(simulated_files)["home"].isin(in_branch)
    last = (files.next_month(day) - pd.Timedelta(days=1)).date().isoformat()
    whole = get_split(asked(start.isoformat(), last), part).slices
    assert _counted(whole) == _wanted(slices, sold)
    branch = get_split(asked(start.isoformat(), last, org="B002"), part).slices
    theirs = slices[at_home.reindex(slices.index)]
    assert _counted(branch) == _wanted(theirs, sold[sold["store"].isin(in_branch)])
    shopped = sold[sold["store"].isin(in_branch) & (sold["channel"] == "store")]
    in_stores = asked(start.isoformat(), last, org="B002", channel="store")
    assert _counted(get_split(in_stores, part).slices) == _wanted(theirs, shopped)


def _counted(slices: tuple[Slice, ...]) -> dict[str, tuple[int | None, ...]]:
    """Slices in which nobody stood, now, come only from the period before."""
    counted = {each.code: each.counts for each in slices}
    return {k: (c.members, c.buyers, c.net_cents) for k, c in counted.items() if c.members}


def _wanted(slices: "pd.Series[str]", sold: pd.DataFrame) -> dict[str, tuple[int | None, ...]]:
    theirs = sold.assign(slice=sold["member"].map(slices)).dropna(subset="slice")
    buyers = theirs[theirs["is_purchase"]].groupby("slice")["member"].nunique()
    cents = theirs.groupby("slice")["net_cents"].sum()
    return {
        code: (members, int(buyers.get(code, 0)), int(cents.get(code, 0)))
        for code, members in Counter(slices).items()
    }
