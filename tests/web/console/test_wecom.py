"""WeCom's pages at the desk: the connection, who is who, what was sent."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.act.wecom import fake as fakes
from tests.act.wecom.conftest import PUBLIC, connected, one_fake, pauses, wecom
from tests.act.wecom.fake import FakeWecom
from tests.act.wecom.test_marking import SKIN

from regulars.act.wecom.models import (
    Connection,
    Contact,
    CustomerTag,
    Mark,
    Sending,
    StaffMatch,
)
from regulars.ground.accounts.models import User
from regulars.ground.audit.models import Entry
from regulars.ground.kit import clock
from regulars.ground.org.models import Staff
from regulars.know.tags.service import save

__all__ = ["connected", "one_fake", "pauses", "wecom"]
Role = User.Role
SignIn = Callable[..., Client]
GIVEN = {
    "is_active": "yes", "corp_id": fakes.CORP, "agent_id": fakes.AGENT, "secret": fakes.SECRET,
    "public_address": PUBLIC, "token": fakes.CALLBACK_TOKEN, "aes_key": fakes.AES_KEY,
    "welcome": "您好",
}  # fmt: skip


def test_a_connection_is_kept_and_its_secrets_are_never_shown(
    wecom: FakeWecom, sign_in: SignIn
) -> None:
    hq = sign_in(Role.OPERATIONS)
    given = GIVEN | {"api_address": wecom.address}
    assert hq.post(reverse("wecom"), given).status_code == 302
    page = hq.get(reverse("wecom")).content.decode()
    assert f"{PUBLIC}/wecom/enter/?next=/m/wecom/sidebar/" in page
    for secret in (fakes.SECRET, fakes.AES_KEY, f'"{fakes.CALLBACK_TOKEN}"'):
        assert secret not in page
        assert secret not in str(list(Entry.objects.values_list("detail", flat=True)))
    kept = Connection.objects.get()
    assert fakes.SECRET.encode() not in bytes(kept.secret_sealed or b"")
    hq.post(reverse("wecom"), given | {"secret": "", "aes_key": "", "token": ""})
    answer = hq.post(reverse("wecom_test"), follow=True)
    assert "It works" in answer.content.decode()


def test_what_is_wrong_with_a_connection_stands_at_its_field(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    page = hq.post(reverse("wecom"), GIVEN | {"public_address": "http://members.example.com"})
    assert "is no https address" in page.content.decode()
    assert not Connection.objects.exists()
    tested = hq.post(reverse("wecom_test"), follow=True).content.decode()
    assert "WeCom is not connected" in tested


def test_a_wrong_secret_is_said_in_words(connected: FakeWecom, sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    hq.post(reverse("wecom"), GIVEN | {"api_address": connected.address, "secret": "wrong"})
    page = hq.post(reverse("wecom_test"), follow=True).content.decode()
    assert "40001" in page
    assert "copy it again" in page


def test_colleagues_are_matched_by_hand_file_and_code(sign_in: SignIn) -> None:
    for code in ("E1", "E2"):
        Staff.objects.create(code=code, name=f"Staff {code}")
    hq = sign_in(Role.OPERATIONS)
    hq.post(reverse("wecom_match"), {"code": "E1", "userid": "lan"})
    assert "lan" in hq.get(reverse("wecom_staff")).content.decode()
    file = SimpleUploadedFile("who.csv", b"E1,lan2\nE2,hua\n")
    hq.post(reverse("wecom_match_file"), {"file": file})
    assert dict(StaffMatch.objects.values_list("staff__code", "userid")) == {
        "E1": "lan2", "E2": "hua",
    }  # fmt: skip
    page = hq.post(reverse("wecom_match_file"), {"text": "E9,x"}).content.decode()
    assert "Line 1" in page
    hq.post(reverse("wecom_match"), {"code": "E1", "userid": ""})
    assert StaffMatch.objects.count() == 1
    done = hq.post(reverse("wecom_match_by_code"), follow=True)
    assert "0 colleagues are matched" in done.content.decode()
    assert hq.post(reverse("wecom_match"), {"code": "E9", "userid": "x"}).status_code == 404
    sheet = hq.get(reverse("wecom_staff"), {"export": "xlsx"})
    assert sheet["Content-Disposition"].endswith('wecom_staff.xlsx"')


def test_what_failed_is_told_and_sent_again(sign_in: SignIn, db: None) -> None:
    Sending.objects.create(
        userid="ghost", kind="k", about="1", title="15 leads for today", path="/m/",
        state=Sending.State.FAILED, error="invaliduser", tries=3, sent_at=clock.now(),
    )  # fmt: skip
    hq = sign_in(Role.OPERATIONS)
    page = hq.get(reverse("wecom_sent")).content.decode()
    assert "15 leads for today" in page
    assert "does not know this user" in page
    assert (
        "1 message is sent again"
        in hq.post(reverse("wecom_send_again"), follow=True).content.decode()
    )
    assert Sending.objects.get().state == Sending.State.WAITING
    assert hq.get(reverse("wecom_sent"), {"sort": "-tries", "find": "ghost"}).status_code == 200


def test_tags_are_chosen_and_what_wecom_said_of_them_is_shown(sign_in: SignIn, db: None) -> None:
    hq = sign_in(Role.OPERATIONS)
    assert "no tag yet" in hq.get(reverse("wecom_tags")).content.decode()
    save(None, "skin", SKIN)
    page = hq.get(reverse("wecom_tags")).content.decode()
    assert "干性 · 油性" in page
    saved = hq.post(reverse("wecom_tags"), {"codes": ["skin"]}, follow=True).content.decode()
    assert "2 customer tags are kept in step" in saved
    contact = Contact.objects.create(userid="lan", external_userid="wm1")
    dry = CustomerTag.objects.get(value="干性")
    Mark.objects.create(contact=contact, tag=dry, state=Mark.State.TO_ADD, error="48002", tries=1)
    page = hq.get(reverse("wecom_tags"), {"sort": "-failed", "find": "干性"}).content.decode()
    assert "may not use this API" in page
    assert hq.post(reverse("wecom_tags"), {"codes": ["nothing"]}).status_code == 400
    sheet = hq.get(reverse("wecom_tags"), {"export": "xlsx"})
    assert sheet["Content-Disposition"].endswith('wecom_tags.xlsx"')
    assert sign_in(Role.CHAIRMAN).post(reverse("wecom_tags")).status_code == 403


@pytest.mark.usefixtures("chain_of_two")
@pytest.mark.parametrize("name", ["wecom", "wecom_staff", "wecom_tags", "wecom_sent"])
@pytest.mark.parametrize("role", [Role.STORE_MANAGER, Role.CHAIRMAN])
def test_others_are_refused(sign_in: SignIn, name: str, role: str) -> None:
    bound = {"node": "S1"} if role == Role.STORE_MANAGER else {}
    assert sign_in(role, **bound).get(reverse(name)).status_code == 403


@pytest.mark.usefixtures("chain_of_two")
@pytest.mark.parametrize(
    "name",
    ["wecom", "wecom_test", "wecom_match", "wecom_match_file", "wecom_match_by_code",
     "wecom_tags", "wecom_send_again"],
)  # fmt: skip
def test_nobody_else_changes_anything(sign_in: SignIn, name: str) -> None:
    assert sign_in(Role.CONSULTANT, node="S1").post(reverse(name), GIVEN).status_code == 403
    assert not Connection.objects.exists()
