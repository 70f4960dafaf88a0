"""A WeCom to speak to, a connection to it, and colleagues who are in it."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from tests.act.wecom import fake as fakes
from tests.act.wecom.fake import FakeWecom

from regulars.act.wecom import client, telling
from regulars.act.wecom.connecting import save_connection
from regulars.act.wecom.models import StaffMatch
from regulars.ground.accounts import service as accounts
from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.org import service as org
from regulars.ground.org.models import Node, Position, Staff

PUBLIC = "https://members.example.com"
Colleague = Callable[..., User]


@pytest.fixture(scope="session")
def one_fake() -> Iterator[FakeWecom]:
    with fakes.running() as fake:
        yield fake


@pytest.fixture
def wecom(one_fake: FakeWecom) -> FakeWecom:
    """As it is on its first day."""
    address = one_fake.address
    vars(one_fake).update(vars(FakeWecom()))
    one_fake.address = address
    return one_fake


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited for, without waiting."""
    waited: list[float] = []
    monkeypatch.setattr(client, "pause", waited.append)
    return waited


@pytest.fixture
def connected(
    db: None, wecom: FakeWecom, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> FakeWecom:
    """A connection at an hour at which people may be told of things."""
    monkeypatch.setattr(telling, "end_of_quiet", clock.now)
    save_connection(
        None, corp_id=fakes.CORP, agent_id=fakes.AGENT, secret=fakes.SECRET,
        token=fakes.CALLBACK_TOKEN, aes_key=fakes.AES_KEY, public_address=PUBLIC,
        api_address=wecom.address, welcome="您好，我是您的育儿顾问。", is_active=True,
    )  # fmt: skip
    return wecom


@pytest.fixture
def store(db: None) -> Node:
    org.ensure_head_office()
    return Node.objects.get_or_create(code="S1", name="Oak Street", kind=Node.Kind.STORE)[0]


@pytest.fixture
def colleague(store: Node) -> Colleague:
    """`colleague("lan")`: works in the store, has an account, is matched and known to WeCom."""

    def made(userid: str, role: str = User.Role.CONSULTANT, wecom: FakeWecom | None = None) -> User:
        staff = Staff.objects.create(code=f"C-{userid}", name=userid.title())
        kind = Position.Kind(role)
        org.assign_position(None, staff, store, kind, date(2020, 1, 1))
        user = accounts.create_user(
            None, f"user-{userid}", "熟客-of-the-house-7", role, node=store, staff=staff
        )
        StaffMatch.objects.create(staff=staff, userid=userid, by=StaffMatch.By.HAND)
        if wecom is not None:
            wecom.users.add(userid)
        return user

    return made
