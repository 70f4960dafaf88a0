"""Users and tokens: made and ended, with a trace."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from regulars.ground.accounts import service
from regulars.ground.accounts.models import Token, User
from regulars.ground.audit.models import Entry
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node

pytestmark = pytest.mark.django_db
PASSWORD = "熟客-of-the-house-7"
Role = User.Role


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def admin() -> User:
    return service.create_user(None, "root", PASSWORD, Role.ADMINISTRATOR)


@pytest.fixture
def region() -> Node:
    return Node.objects.create(code="east", name="East", kind="region")


def last_entry() -> Entry:
    entry = Entry.objects.order_by("-pk").first()
    assert entry is not None
    return entry


def test_a_new_user_is_on_record_with_who_made_him_and_what_he_may(
    admin: User, region: Node
) -> None:
    user = service.create_user(admin, "lin", PASSWORD, Role.REGION_HEAD, node=region)
    entry = last_entry()
    assert (entry.actor, entry.action, entry.subject_id) == (admin, "user.created", str(user.pk))
    assert entry.detail["after"]["role"] == "region_head"
    assert entry.detail["after"]["node"] == "east"
    assert PASSWORD not in str(entry.detail)


@pytest.mark.parametrize(
    ("username", "password", "role", "field"),
    [
        ("root", PASSWORD, "operations", "username"),
        ("lin", "short", "operations", "password"),
        ("lin", PASSWORD, "emperor", "role"),
        ("lin", PASSWORD, "region_head", "scope"),
        ("lin", PASSWORD, "brand_partner", "scope"),
    ],
)
def test_what_is_wrong_with_a_new_user_is_named_and_nothing_is_kept(
    admin: User, username: str, password: str, role: str, field: str
) -> None:
    with pytest.raises(UserError) as refused:
        service.create_user(admin, username, password, role)
    assert refused.value.field == field
    assert User.objects.count() == 1


def test_a_change_of_role_is_on_record_with_before_and_after(admin: User, region: Node) -> None:
    user = service.create_user(admin, "lin", PASSWORD, Role.OPERATIONS)
    service.change_role(admin, user, Role.REGION_HEAD, node=region)
    detail = last_entry().detail
    assert (detail["before"]["role"], detail["after"]["role"]) == ("operations", "region_head")
    assert (detail["before"]["node"], detail["after"]["node"]) == (None, "east")
    user.refresh_from_db()
    assert (user.role, user.node) == ("region_head", region)


def test_a_change_of_scope_is_on_record_and_may_not_leave_a_role_unbound(admin: User) -> None:
    user = service.create_user(admin, "zhao", PASSWORD, Role.BRAND_PARTNER, brand_codes=["A"])
    service.set_scope(admin, user, brand_codes=["B", "C"])
    detail = last_entry().detail
    assert (detail["before"]["brands"], detail["after"]["brands"]) == (["A"], ["B", "C"])
    with pytest.raises(UserError):
        service.set_scope(admin, user)


def test_the_last_administrator_can_neither_be_demoted_nor_shut_out(admin: User) -> None:
    with pytest.raises(UserError, match="last administrator"):
        service.change_role(admin, admin, Role.OPERATIONS)
    with pytest.raises(UserError, match="last administrator"):
        service.deactivate(admin, admin)
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMINISTRATOR, True)


def test_a_token_s_text_finds_its_user_and_is_kept_nowhere(admin: User) -> None:
    text = service.issue_token(admin, admin)
    assert service.find_user_by_token(text) == admin
    token = Token.objects.get()
    assert text.encode() not in bytes(token.hash)
    assert text not in str(last_entry().detail)


@pytest.mark.parametrize("text", ["", "rgl_", "rgl_wrong", "x" * 10_000])
def test_a_wrong_token_finds_nobody(admin: User, text: str) -> None:
    service.issue_token(admin, admin)
    assert service.find_user_by_token(text) is None


def test_a_revoked_token_finds_nobody_and_revoking_is_on_record_once(admin: User) -> None:
    text = service.issue_token(admin, admin)
    for _ in range(2):
        service.revoke_token(admin, Token.objects.get())
    assert service.find_user_by_token(text) is None
    assert Entry.objects.filter(action="token.revoked").count() == 1


def test_tokens_end_with_their_user_and_stay_ended_when_he_returns(admin: User) -> None:
    user = service.create_user(admin, "lin", PASSWORD, Role.OPERATIONS)
    text = service.issue_token(admin, user)
    service.deactivate(admin, user)
    assert service.find_user_by_token(text) is None
    service.activate(admin, user)
    assert service.find_user_by_token(text) is None


def test_a_role_that_may_not_use_the_api_gets_no_token(admin: User) -> None:
    user = service.create_user(admin, "lin", PASSWORD, Role.CONTENT_EDITOR)
    with pytest.raises(UserError, match="lin"):
        service.issue_token(admin, user)


def test_an_unknown_user_name_is_named() -> None:
    with pytest.raises(NotFound, match="nobody"):
        service.get_user("nobody")
