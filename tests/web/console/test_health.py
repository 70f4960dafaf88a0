"""System health: what came, how long it waited, and what the loader spent its time on."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.conftest import line

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.know.collect.models import SourceMinute
from regulars.know.collect.service import make_source, receive
from regulars.know.loader.models import StepMinute
from regulars.know.loader.service import load_waiting
from regulars.know.loader.times import forget_before, list_steps

pytestmark = pytest.mark.usefixtures("chain_of_two")
SignIn = Callable[..., Client]


def page(sign_in: SignIn) -> str:
    return sign_in(User.Role.ADMINISTRATOR).get(reverse("health")).content.decode()


def test_events_a_minute_stand_there_by_source(sign_in: SignIn) -> None:
    source, _key = make_source(None, "Web shop", "segment")
    assert "Nothing came in the last hour" in page(sign_in)
    SourceMinute.objects.create(source=source.code, minute_at=clock.now(), events=1_234)
    shown = page(sign_in)
    assert "Web shop" in shown
    assert "1,234" in shown


def test_how_long_things_waited_and_what_each_step_took(sign_in: SignIn) -> None:
    StepMinute.objects.all().delete()
    for order in ("O8", "O9"):
        receive(
            "lines", source="till", body={"records": [line(order, "2020-02-20", "S1", "M1", 1)]}
        )
    load_waiting()
    shown = page(sign_in)
    assert "the longest, seconds" in shown
    steps = {each.step.value: each for each in list_steps()}
    assert (steps["load"].count, steps["wait"].count) == (2, 2)
    assert 0 < steps["wait"].worst_seconds <= steps["wait"].seconds
    assert "load records" in shown


def test_times_of_long_ago_are_forgotten(sign_in: SignIn) -> None:
    assert StepMinute.objects.exists()
    forget_before(clock.now())
    assert not StepMinute.objects.exists()
    assert "Nothing was loaded in the last hour" in page(sign_in)


def test_the_quarantine_is_narrowed_by_source_kind_and_reason(sign_in: SignIn) -> None:
    unknown = line("O8", "2020-02-20", "S9", "M1", 100)
    crooked = line("O9", "2020-02-20", "S1", "M1", 100, quantity="many")
    receive("lines", source="till", body={"records": [unknown]})
    receive("lines", source="shop", body={"records": [crooked]})
    load_waiting()

    hq = sign_in(User.Role.OPERATIONS)

    def found(**query: str) -> list[str]:
        shown = hq.get(reverse("quarantine"), query).content.decode()
        return [value for value in ("S9", "many") if f">{value}\n" in shown]

    assert found() == ["S9", "many"]
    assert found(source="till") == ["S9"]
    assert found(source="shop") == ["many"]
    assert found(reason="unknown_store", kind="lines") == ["S9"]
    assert found(kind="stores") == []
