"""One-ID on the desk: the review list, a person's identities, merging, consent, forgetting."""

import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests.know.identities.sight import see
from tests.web.conftest import Role

from regulars.know.identities.models import Consent, Identity, Link, Merge
from regulars.know.loader.service import load_waiting
from regulars.know.members.models import Member

pytestmark = pytest.mark.usefixtures("chain_of_two")
SignIn = Callable[..., Client]


def text(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_what_too_many_use_is_listed_until_somebody_decided(sign_in: SignIn) -> None:
    see(*[{"phone": "13900000000", "unionid": f"union-id-of-{n}"} for n in range(4)])
    hq = sign_in(Role.OPERATIONS)
    assert "139****0000" in text(hq, "identities")
    shared = Identity.objects.get(is_shared=True)
    hq.post(reverse("identity_apart", args=[shared.pk]))
    assert "139****0000" not in text(hq, "identities")
    assert "139****0000" in text(hq, "identities", state="decided")
    hq.post(reverse("identity_link", args=[shared.pk]))
    assert not Identity.objects.get(pk=shared.pk).is_shared


def test_two_who_may_be_one_are_suggested_and_kept_apart(sign_in: SignIn) -> None:
    see({"member": "M1", "unionid": "u1"}, {"member": "M2", "unionid": "u1"})
    hq = sign_in(Role.OPERATIONS)
    page = text(hq, "identities")
    assert "李静" in page and "王芳" in page
    assert "?other=" in page
    link = Link.objects.get(is_held=True)
    hq.post(reverse("identity_suggestion_dismiss", args=[link.follower_id, link.followed_id]))
    assert "李静" not in text(hq, "identities")


def test_a_merge_is_shown_before_it_is_made_and_taken_back_on_the_members_page(
    sign_in: SignIn,
) -> None:
    hq = sign_in(Role.OPERATIONS)
    shown = text(hq, "member_merge", "M1", other="M2")
    assert "470.00" in shown and "Merge them" in shown
    assert not Merge.objects.exists()
    hq.post(reverse("member_merge", args=["M1"]), {"other": "M2", "reason": "same person"})
    load_waiting()
    page = text(hq, "member", "M2")
    assert "M2 was merged into this record" in page
    assert "same person" in page
    assert "470.00" in page
    hq.post(reverse("member_unmerge", args=["M1", Merge.objects.get().pk]))
    load_waiting()
    assert "70.00" in text(hq, "member", "M2")
    assert "no member" in text(hq, "member_merge", "M1", other="M9")


def test_an_identity_that_is_not_hers_is_taken_off(sign_in: SignIn) -> None:
    see({"member": "M1", "cookie": "a-long-cookie-id"})
    hq = sign_in(Role.OPERATIONS)
    assert "a-lo…e-id" in text(hq, "member", "M1")
    cookie = Identity.objects.get(kind="cookie")
    answer = hq.post(reverse("identity_apart", args=[cookie.pk]), {"member": "M1"})
    assert answer["Location"] == reverse("member", args=["M1"])
    assert "a-lo…e-id" not in text(hq, "member", "M1")


def test_consent_is_taken_down_by_who_looks_after_her(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    told = {"purpose": "marketing", "channel": "sms", "answer": "yes", "source": "in the store"}
    manager.post(reverse("member_consent", args=["M1"]), told)
    assert Consent.objects.get().is_given
    assert Member.objects.get(code="M1").is_sms_allowed
    assert "in the store" in text(manager, "member", "M1")
    assert manager.post(reverse("member_consent", args=["M2"]), told).status_code == 404


def test_a_member_is_given_her_data(sign_in: SignIn) -> None:
    answer = sign_in(Role.OPERATIONS).post(reverse("member_data", args=["M1"]))
    assert answer["Content-Type"] == "application/zip"
    assert "13812345678" in zipfile.ZipFile(io.BytesIO(answer.content)).read("member.json").decode()


def test_nobody_is_forgotten_by_a_slip(sign_in: SignIn) -> None:
    hq = sign_in(Role.OPERATIONS)
    assert "cannot be taken back" in text(hq, "member_forget", "M1")
    page = hq.post(reverse("member_forget", args=["M1"]), {"written": "M2"})
    assert "as it stands" in page.content.decode()
    assert Member.objects.filter(code="M1").exists()
    answer = hq.post(reverse("member_forget", args=["M1"]), {"written": "M1"}, follow=True)
    assert "still counts" in answer.content.decode()
    assert "王芳" not in answer.content.decode()
    assert hq.get(reverse("member", args=["M1"])).status_code == 404


def test_only_the_head_office_says_who_is_one_person(sign_in: SignIn) -> None:
    manager = sign_in(Role.STORE_MANAGER, node="S1")
    for name, args in {
        "identities": [], "member_merge": ["M1"], "member_forget": ["M1"],
    }.items():  # fmt: skip
        assert manager.get(reverse(name, args=args)).status_code == 403
    assert "Forget her" not in text(manager, "member", "M1")
