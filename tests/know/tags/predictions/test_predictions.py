"""What models say of a chain of which it is known, and how true they say they are."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.know.identities.small_chain import load
from tests.know.tags.predictions import planted
from tests.know.tags.predictions.planted import LAST, TODAY
from tests.shared_chain import shared_chain

from regulars.ground.kit.errors import UserError
from regulars.ground.warehouse.service import query
from regulars.know.tags import keeping
from regulars.know.tags.lifetime import NoMaximum, accuracy, bgnbd, collapse, gamma_gamma
from regulars.know.tags.models import ModelFit, Statistic
from regulars.know.tags.predictions import running
from regulars.know.tags.predictions.fits import Fit, latest_fits
from regulars.know.tags.service import (
    Subject,
    compute_all,
    defined,
    keep_up,
    save,
    update_changed,
)

pytestmark = pytest.mark.django_db
CHAIN = f"[chain]\nas_of = {TODAY}\n"


@pytest.fixture(scope="module", autouse=True)
def _planted(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    def making() -> None:
        planted.bring()
        keep_up()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "_bring_library_once", lambda: None)
        with shared_chain("planted", making, tmp_path_factory, django_db_blocker, CHAIN):
            yield


def of(*codes: str) -> dict[str, tuple[Any, ...]]:
    rows = query("SELECT code AS who, t.* FROM member_tags AS t JOIN members USING (member_id)")
    return {row["who"]: tuple(row[code] for code in codes) for row in rows.to_pylist()}


def purchases(product: str = "") -> dict[str, list[tuple[date, int, int]]]:
    """By member: days, units and cents."""
    rows = query(
        "SELECT members.code AS who, business_on AS day, sum(quantity)::BIGINT AS units,"
        " sum(net_cents)::BIGINT AS cents FROM order_lines JOIN members USING (member_id)"
        " JOIN products USING (product_id) WHERE $product IN ('', products.code)"
        " GROUP BY ALL ORDER BY ALL",
        {"product": product},
    )
    found: dict[str, list[tuple[date, int, int]]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["who"], []).append((row["day"], row["units"], row["cents"]))
    return found


def test_who_buys_every_twenty_days_is_expected_after_twenty() -> None:
    found = of("diapers_on", "diapers_by")
    expected = (LAST + timedelta(days=20), "interval")
    assert {found[code] for code in planted.REGULARS} == {expected}


def test_stocking_up_puts_the_day_off_by_all_that_is_in_the_cupboard() -> None:
    found = of("diapers_on")
    assert found[planted.STOCKED_UP] == (LAST + timedelta(days=80),)
    # Five packs at 20 days each, from the day of the four on.
    assert found[planted.TOPPED_UP] == (LAST - timedelta(days=3) + timedelta(days=100),)


def test_pieces_are_used_up_at_the_pace_of_the_childs_age() -> None:
    found = of("diapers_on", "diapers_by")
    assert found["F0"] == (LAST + timedelta(days=8), "use")
    # 6.5 pieces a day until she turns one, 5 from then on, of what the last two packs still hold.
    used_a_day = [6.5 if (d - planted.TURNS_ONE).days < 365.25 else 5 for d in days_from(LAST)]
    lasts = next(n for n in range(60) if sum(used_a_day[:n]) >= 52)
    assert found["TURNS"][1] == "use"
    assert abs((found["TURNS"][0] - LAST).days - lasts) <= 1
    assert found["TURNS"][0] > LAST + timedelta(days=8)


def days_from(day: date) -> list[date]:
    return [day + timedelta(days=n) for n in range(60)]


def test_a_category_nobody_buys_again_has_no_days_and_says_so() -> None:
    assert {day for (day,) in of("stroller_on").values()} == {None}
    fit = latest_fits()["next_purchase"]
    assert "出行" not in fit.accuracy
    assert fit.parameters["categories"]["出行"]["intervals"] == 0
    assert sum(day is not None for (day,) in of("anything_on").values()) > 150


def test_what_baskets_say_never_beats_a_confirmed_child() -> None:
    found = of("guessed", "in_use")
    assert found[planted.CONFIRMED] == (None, "preschool")
    assert found[planted.GUESSED] == ("young_infant", "young_infant")
    assert found[planted.GUESSED_ONCE] == ("young_infant", None)
    sure = of("sureness")
    assert sure[planted.GUESSED][0] > 0.6
    assert sure[planted.GUESSED_ONCE][0] < 0.6


def histories(until: date) -> dict[str, tuple[int, int, int, int]]:
    """By hand: x, t_x, T and what the purchases after the first brought."""
    found = {}
    for who, rows in purchases().items():
        days = [(day, cents) for day, _units, cents in rows if day <= until]
        if days:
            first, last = days[0][0], days[-1][0]
            repeats = sum(cents for _day, cents in days[1:])
            found[who] = (len(days) - 1, (last - first).days, (until - first).days, repeats)
    return found


def columns(rows: Sequence[Sequence[int]]) -> list[Any]:
    return list(np.array(rows, np.int64).T)


def test_values_are_those_of_the_arithmetic() -> None:
    told = histories(TODAY)
    x, recency, age, cents = columns(list(told.values()))
    buying = bgnbd.fit(collapse(x, recency, age))
    mean = cents / np.maximum(x, 1)
    spending = gamma_gamma.fit(x, mean)
    alive = bgnbd.probability_alive(buying, x, recency, age)
    expected = bgnbd.expected_purchases(buying, x, recency, age, 365)
    worth = expected * gamma_gamma.expected_spend(spending, x, mean)
    found = of("alive", "purchases", "worth")
    assert set(found) == set(told)
    for n, who in enumerate(told):
        assert found[who] == pytest.approx((alive[n], expected[n], worth[n]), rel=1e-3, abs=1)
        assert found[who][0] == pytest.approx(alive[n], rel=1e-3)


def test_the_accuracy_of_values_is_that_of_days_held_back() -> None:
    fit = latest_fits()["lifetime"]
    told = fit.accuracy
    cut = date.fromisoformat(told["cut"])
    assert (TODAY - cut).days == told["days"] > 100
    known, rows = histories(cut), purchases()
    actual = [sum(day > cut for day, *_ in rows[who]) for who in known]
    before = [sum(cut >= day > cut - (TODAY - cut) for day, *_ in rows[who]) for who in known]
    x, recency, age, _cents = columns(list(known.values()))
    model = bgnbd.fit(collapse(x, recency, age))
    expected = bgnbd.expected_purchases(model, x, recency, age, told["days"])
    everyone = np.ones(len(x), np.int64)
    for name, guess in (("model", expected), ("same_as_before", np.array(before, np.float64))):
        assert told[name] == pytest.approx(
            vars(accuracy(guess, np.array(actual), everyone)), rel=1e-3
        )
    assert told["model"]["mae"] < told["same_as_before"]["mae"]


def test_the_accuracy_of_days_is_that_of_days_held_back() -> None:
    fit = latest_fits()["next_purchase"]
    told = fit.accuracy[planted.DIAPERS]
    cut = date.fromisoformat(told["cut"])
    missed, same_missed = [], []
    for who, rows in (purchases("M") | purchases("S")).items():
        past = [day for day, *_ in rows if cut - timedelta(days=365) < day <= cut]
        coming = [day for day, *_ in rows if day > cut]
        if len(past) < 2 or not coming:
            continue
        gaps = [(b - a).days for a, b in pairwise(past)]
        mean = past[-1] + timedelta(days=round(sum(gaps) / len(gaps)))
        same_missed.append(abs((coming[0] - mean).days))
        if who in planted.REGULARS:
            missed.append(abs((coming[0] - past[-1]).days - planted.EVERY))
    assert told["compared"] == len(same_missed) >= len(planted.REGULARS)
    assert told["same_near"] == sum(days <= told["near_days"] for days in same_missed)
    assert told["same_missed_days"] == median(same_missed)
    assert set(missed) == {0}
    assert told["near"] >= len(missed)


def test_the_accuracy_of_stages_is_of_confirmed_children() -> None:
    told = latest_fits()["stage"].accuracy
    # Six families buy for their age; one child has just turned one, one is not told of.
    assert (told["compared"], told["agreed"], told["most_frequent"]) == (8, 6, 6)
    assert sum(band["compared"] for band in told["bands"]) == 8
    assert all(0 < band["confidence"] < 1 for band in told["bands"])


def test_whoever_buys_keeps_what_models_said_and_equals_everybody_computed() -> None:
    load("lines", *planted.bought("R0", [TODAY], [2]))
    before = of(*planted.OF_MODELS)
    assert update_changed(TODAY) == 1
    assert of(*planted.OF_MODELS) == before
    kept = query("SELECT * FROM member_tags ORDER BY member_id").to_pylist()
    compute_all(Subject.MEMBER, TODAY)
    assert query("SELECT * FROM member_tags ORDER BY member_id").to_pylist() == kept


def test_models_run_once_a_day_and_one_that_fails_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = ModelFit.objects.count()
    keep_up()
    assert ModelFit.objects.count() == count == 3
    asked = running.models_asked(defined(Subject.MEMBER).columns.stored)
    assert running.models_due(asked, TODAY) == []
    assert running.models_due(asked | {"next_purchase": ("玩具",)}, TODAY) == ["next_purchase"]
    ModelFit.objects.filter(model="stage").update(lines=100)
    assert running.models_due(asked, TODAY) == ["stage"]

    def fail(_day: date) -> Fit:
        raise NoMaximum("no maximum after 5 tries")

    monkeypatch.setattr(running, "fit_lifetime", fail)
    monkeypatch.setattr(keeping.clock, "today", lambda: TODAY + timedelta(days=1))
    keep_up()
    fits = latest_fits()
    assert {name: (fit.version, fit.error) for name, fit in fits.items()} == {
        "lifetime": (2, "no_maximum"),
        "next_purchase": (2, ""),
        "stage": (2, ""),
    }
    assert set(of("alive", "worth").values()) == {(None, None)}
    assert of("diapers_on")["R1"] == (LAST + timedelta(days=20),)
    assert Statistic.objects.get(definition__code="alive").known == 0


def test_outputs_that_no_model_writes_are_refused() -> None:
    told = {"kind": "model", "zh": "标签", "en": "Tag", "model": "lifetime", "output": "alive"}
    wrong = ({"output": "overdue_days"}, {"category": "玩具"}, {"subject": "store"})
    for number, how in enumerate(wrong):
        with pytest.raises(UserError):
            save(None, f"wrong_{number}", told | how)
