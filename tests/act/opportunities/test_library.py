"""Every ready play means something on the demo chain, and can be launched there."""

import pytest
from tests.act.opportunities.conftest import END

from regulars.act.opportunities import service as plays
from regulars.act.opportunities.models import Play
from regulars.act.opportunities.rules import tags_in
from regulars.ground.accounts.models import User
from regulars.ground.warehouse.service import query
from regulars.know.tags.library import library as tags

pytestmark = pytest.mark.usefixtures("tagged")
FEWEST = 20
NOBODY_HERE = {"complaint_open", "coupon_expiring", "graduating"}


def test_there_are_enough_of_them() -> None:
    assert len(plays.library()) >= FEWEST


@pytest.mark.parametrize("code", plays.library())
def test_a_ready_play_is_taken_and_finds_its_candidates(code: str, maker: User) -> None:
    ready = plays.get_ready(code)
    for language in ("zh", "en"):
        play = plays.save_play(maker, f"{code}_{language}", ready.told(language), is_new=True)
        assert set(tags_in(play.reason)) <= set(tags())
        relation = plays.candidates(play, END, language)
        rows = query(relation.sql, relation.parameters).to_pylist()
        assert all("{" not in row["reason"] and row["store_id"] for row in rows)
        assert len({row["member_id"] for row in rows}) == len(rows)
        if not ready.waits_for and not ready.table.get("trigger"):
            assert rows or code in NOBODY_HERE
        assert all(row["value_cents"] is not None and row["value_cents"] >= 0 for row in rows)


def test_service_plays_offer_nothing_and_hold_out_nobody() -> None:
    for ready in plays.library().values():
        if ready.table.get("is_service"):
            assert not ready.table.get("coupon") and not ready.table.get("goods")


def test_no_play_of_the_library_offers_what_is_guarded() -> None:
    for ready in plays.library().values():
        for language in ("zh", "en"):
            plays.check_texts(ready.told(language))


def test_a_finding_is_answered_by_plays_of_its_part_and_factor() -> None:
    answered = [ready.code for ready in plays.answers_to("active_old", "buyers")]
    assert answered[:3] == ["viewed_not_bought", "repurchase_diapers", "repurchase"]
    assert plays.answers_to("graduated", "buyers") == []
    assert Play.objects.count() == 0
