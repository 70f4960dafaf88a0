"""Who carries tags, and what is on record of them: the attributes that a tag may show."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.know.language.types import Type
from regulars.know.tags.facts import MEMBER, PRODUCT, STAFF, STORE


class Subject(TextChoices):
    MEMBER = MEMBER, _("member")
    PRODUCT = PRODUCT, _("product")
    STORE = STORE, _("store")
    STAFF = STAFF, _("staff member")


@dataclass(frozen=True)
class Attribute:
    """A column of `Carrier.rows`."""

    type: Type
    label: str | Promise


@dataclass(frozen=True)
class Carrier:
    """Where a subject's tags stand: in the view `table`, with a row for each `key` of the query
    `rows`, whose other columns are the attributes; `places` say among whom a rank is;
    `keyed` names the tables of that query which have the key, too.

    Most people on file never bought: what is counted of them is the same for all. They stand in
    `idle`, without what is counted, everybody else in `counted`; the view `uncounted` says what
    stands in `idle` with what is counted of nobody.
    """

    table: str
    key: str
    rows: str
    places: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    keyed: tuple[str, ...]

    @property
    def counted(self) -> str:
        return f"{self.table}_counted"

    @property
    def idle(self) -> str:
        return f"{self.table}_idle"

    @property
    def uncounted(self) -> str:
        return f"{self.table}_uncounted"


PLACE_STORE, PLACE_BRANCH = BOTH = ("place_store", "place_branch")

CARRIERS: dict[str, Carrier] = {
    MEMBER: Carrier(
        "member_tags",
        "member_id",
        "members",
        BOTH,
        {
            "joined_on": Attribute(Type.DATE, _("joined on")),
            "join_channel": Attribute(Type.TEXT, _("joined by")),
            "level": Attribute(Type.TEXT, _("level")),
            "home_store": Attribute(Type.TEXT, _("home store")),
            "home_store_format": Attribute(Type.TEXT, _("format of the home store")),
            "join_store": Attribute(Type.TEXT, _("store of joining")),
            "is_phone_verified": Attribute(Type.YES_NO, _("phone verified")),
            "child_count": Attribute(Type.COUNT, _("children on file")),
            "has_confirmed_child": Attribute(Type.YES_NO, _("a child confirmed")),
            "youngest_birth_on": Attribute(Type.DATE, _("youngest child born on")),
            "due_on": Attribute(Type.DATE, _("child expected on")),
            "youngest_months": Attribute(Type.COUNT, _("youngest child's age in months")),
            "eldest_months": Attribute(Type.COUNT, _("eldest child's age in months")),
            "youngest_stage": Attribute(Type.TEXT, _("youngest child's stage")),
            "eldest_stage": Attribute(Type.TEXT, _("eldest child's stage")),
            "graduates_on": Attribute(Type.DATE, _("grows out of the range on")),
            "next_birthday_on": Attribute(Type.DATE, _("youngest child's next birthday")),
        },
        ("members", "children"),
    ),
    PRODUCT: Carrier(
        "product_tags",
        "product_id",
        "products",
        (),
        {
            "product_name": Attribute(Type.TEXT, _("name")),
            "category": Attribute(Type.TEXT, _("category")),
            "top_category": Attribute(Type.TEXT, _("top category")),
            "brand": Attribute(Type.TEXT, _("brand")),
            "is_gift": Attribute(Type.YES_NO, _("a gift")),
            "replenish_days": Attribute(Type.COUNT, _("days until bought again")),
            "pack_content": Attribute(Type.COUNT, _("content of a pack")),
        },
        ("products",),
    ),
    STORE: Carrier(
        "store_tags",
        "store_id",
        "stores",
        BOTH,
        {
            "store_name": Attribute(Type.TEXT, _("name")),
            "format": Attribute(Type.TEXT, _("format")),
            "area_m2": Attribute(Type.COUNT, _("selling area, m²")),
            "opened_on": Attribute(Type.DATE, _("opened on")),
            "is_closed": Attribute(Type.YES_NO, _("closed")),
            "branch": Attribute(Type.TEXT, _("branch")),
        },
        ("stores",),
    ),
    STAFF: Carrier(
        "staff_tags",
        "staff_id",
        "staff",
        BOTH,
        {
            "staff_name": Attribute(Type.TEXT, _("name")),
            "position": Attribute(Type.TEXT, _("position")),
            "works_at": Attribute(Type.TEXT, _("works at")),
            "since": Attribute(Type.DATE, _("works here since")),
        },
        ("staff", "positions"),
    ),
}
