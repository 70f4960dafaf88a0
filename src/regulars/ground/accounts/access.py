"""Who may do what, and where: the one place that decides it, for Postgres and warehouse alike.

A role gives capabilities; a scope bounds them by organisation and goods. What the table below does
not grant is refused, and a role that needs a bound sees nothing until it has one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed
from regulars.ground.kit.looking import seen_once
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Node
from regulars.ground.org.service import path_of

Role = User.Role
CATEGORY_SEPARATOR = " > "

View = TypeVar("View", bound=Callable[..., Any])


class Capability(TextChoices):
    ENTER = "enter", _("sign in")
    SEE_METRICS = "see_metrics", _("see the numbers")
    SEE_ACTIONS = "see_actions", _("see what is to be done, and report on it")
    GIVE_ACTIONS = "give_actions", _("give out actions, keep rosters and visits")
    SEE_PROFIT = "see_profit", _("see stores side by side, and what each earns and costs")
    KEEP_COSTS = "keep_costs", _("write down what a store costs")
    SET_ALERTS = "set_alerts", _("set alerts")
    SEE_MEMBERS = "see_members", _("see members")
    REVEAL_PHONE = "reveal_phone", _("see whole phone numbers")
    EDIT_MEMBERS = "edit_members", _("change members")
    MANAGE_PERSONS = "manage_persons", _("say who is one person, give out and forget data")
    SEE_ORG = "see_org", _("see the organisation")
    EDIT_ORG = "edit_org", _("change the organisation")
    SEE_CATALOG = "see_catalog", _("see the catalogue")
    EDIT_CATALOG = "edit_catalog", _("change the catalogue")
    MANAGE_USERS = "manage_users", _("manage users")
    SEE_AUDIT = "see_audit", _("see the audit log")
    IMPORT_DATA = "import_data", _("import data")
    SEE_TAGS = "see_tags", _("see tags and segments")
    DEFINE_TAGS = "define_tags", _("define tags and segments")
    SET_TAGS = "set_tags", _("set tags by hand")
    MANAGE_EVENTS = "manage_events", _("see and name events")
    EXPORT_DATA = "export_data", _("export data")
    SEE_HEALTH = "see_health", _("see the system's health")
    USE_API = "use_api", _("use the API")
    SEE_TARGETS = "see_targets", _("see targets")
    PROPOSE_TARGETS = "propose_targets", _("propose targets")
    SHARE_TARGETS = "share_targets", _("share out targets and answer proposals")
    SET_TARGETS = "set_targets", _("make plans, freeze them, keep the sales calendar")
    SEE_LEADS = "see_leads", _("see leads and tasks")
    WORK_LEADS = "work_leads", _("take leads and write down what came of them")
    ASSIGN_LEADS = "assign_leads", _("hand out leads, tasks and members")
    SEE_PLAYS = "see_plays", _("see plays and what they were worth")
    MAKE_PLAYS = "make_plays", _("make plays, keep the lists that guard them")
    APPROVE_PLAYS = "approve_plays", _("approve and stop plays")
    RUN_TILL = "run_till", _("sell and take back at the web till")
    CHANGE_PRICES = "change_prices", _("change prices and give discounts at the till")
    MAKE_ASSESSMENTS = "make_assessments", _("make assessments")
    MANAGE_WECOM = "manage_wecom", _("connect WeCom")


C = Capability
CAPABILITIES: dict[str, frozenset[Capability]] = {
    Role.ADMINISTRATOR: frozenset(C),
    Role.CHAIRMAN: frozenset(
        {
            C.ENTER, C.SEE_METRICS, C.SEE_ACTIONS, C.GIVE_ACTIONS, C.SEE_PROFIT, C.SEE_ORG,
            C.SEE_CATALOG, C.EXPORT_DATA, C.USE_API, C.SEE_TARGETS, C.SEE_PLAYS,
        }
    ),
    Role.OPERATIONS: frozenset(C) - {C.MANAGE_USERS, C.SEE_AUDIT},
    Role.CATEGORY_MANAGER: frozenset(
        {
            C.ENTER, C.SEE_METRICS, C.SEE_CATALOG, C.EDIT_CATALOG, C.EXPORT_DATA,
            C.USE_API, C.SEE_TARGETS, C.SEE_PLAYS,
        }
    ),
    Role.REGION_HEAD: frozenset(
        {
            C.ENTER, C.SEE_METRICS, C.SEE_ACTIONS, C.GIVE_ACTIONS, C.SEE_PROFIT, C.KEEP_COSTS,
            C.SET_ALERTS, C.SEE_MEMBERS, C.SEE_ORG, C.SEE_CATALOG, C.SEE_TAGS, C.EXPORT_DATA,
            C.USE_API, C.SEE_TARGETS, C.PROPOSE_TARGETS, C.SHARE_TARGETS, C.SEE_LEADS,
            C.ASSIGN_LEADS, C.SEE_PLAYS,
        }
    ),
    Role.STORE_MANAGER: frozenset(
        {
            C.ENTER, C.SEE_METRICS, C.SEE_ACTIONS, C.GIVE_ACTIONS, C.SEE_PROFIT, C.KEEP_COSTS,
            C.SEE_MEMBERS, C.REVEAL_PHONE, C.EDIT_MEMBERS, C.SEE_ORG, C.SEE_CATALOG, C.SET_TAGS,
            C.USE_API, C.SEE_TARGETS, C.PROPOSE_TARGETS, C.SEE_LEADS, C.WORK_LEADS,
            C.ASSIGN_LEADS, C.SEE_PLAYS, C.RUN_TILL, C.CHANGE_PRICES,
        }
    ),
    Role.CONSULTANT: frozenset(
        {
            C.ENTER, C.SEE_METRICS, C.SEE_ACTIONS, C.SEE_MEMBERS, C.SEE_CATALOG, C.SET_TAGS,
            C.SEE_TARGETS, C.SEE_LEADS, C.WORK_LEADS, C.RUN_TILL,
        }
    ),
    Role.CONTENT_EDITOR: frozenset(
        {C.ENTER, C.SEE_CATALOG, C.MANAGE_EVENTS, C.MAKE_ASSESSMENTS}
    ),
    Role.BRAND_PARTNER: frozenset({C.ENTER, C.SEE_METRICS, C.SEE_CATALOG}),
}  # fmt: skip

BOUND_BY_PLACE = frozenset({Role.REGION_HEAD, Role.STORE_MANAGER, Role.CONSULTANT})
BOUND_BY_CATEGORY = frozenset({Role.CATEGORY_MANAGER})
BOUND_BY_BRAND = frozenset({Role.BRAND_PARTNER})
WORKS_IN_A_STORE = frozenset({Role.STORE_MANAGER, Role.CONSULTANT})


@dataclass(frozen=True)
class Scope:
    """What one user may see: `node_id` None is the whole chain, no codes are all goods."""

    user_id: int
    role: str
    capabilities: frozenset[Capability]
    node_id: int | None = None
    category_codes: tuple[str, ...] = ()
    brand_codes: tuple[str, ...] = ()

    def may(self, capability: Capability) -> bool:
        return capability in self.capabilities

    @property
    def is_whole_chain(self) -> bool:
        """Whether no place and no goods bound it: what speaks of everybody is for these alone."""
        return self.node_id is None and not (self.category_codes or self.brand_codes)


def scope_of(user: AbstractBaseUser | AnonymousUser) -> Scope:
    """The user's scope as of today. Raises NotAllowed for the anonymous, for someone deactivated,
    and for a role that lacks the bound it needs."""
    if not isinstance(user, User) or not user.is_active:
        raise NotAllowed(_("Please sign in."))
    scope = Scope(
        user_id=user.pk,
        role=user.role,
        capabilities=CAPABILITIES.get(user.role, frozenset()),
        node_id=place_of(user),
        category_codes=tuple(user.category_codes),
        brand_codes=tuple(user.brand_codes),
    )
    if missing := missing_bound(scope.role, scope.node_id, scope.category_codes, scope.brand_codes):
        raise NotAllowed(missing)
    return scope


def place_of(user: User) -> int | None:
    """Where in the organisation a user stands: whoever works in a store, where today's position is
    (the node on the account chooses between several), anyone else, the node on the account."""
    if user.role not in WORKS_IN_A_STORE or user.staff_id is None:
        return user.node_id
    asked = (user.staff_id, clock.today(), user.node_id)
    return seen_once(("stands at", asked), lambda: _position_of(*asked))


def _position_of(staff_id: int, on: date, told: int | None) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(named(__package__, "stands_at"), {"staff": staff_id, "on": on, "told": told})
        return next(iter(cursor.fetchone() or ()), None)


def missing_bound(
    role: str,
    node_id: int | None,
    category_codes: Sequence[str],
    brand_codes: Sequence[str],
) -> str | Promise | None:
    """Why a role with these bounds may see nothing yet, or None when nothing is missing."""
    if role in BOUND_BY_PLACE and node_id is None:
        return _("This account needs a place in the organisation before it can see anything.")
    if role in BOUND_BY_CATEGORY and not category_codes:
        return _("This account needs at least one category before it can see anything.")
    if role in BOUND_BY_BRAND and not brand_codes:
        return _("This account needs at least one brand before it can see anything.")
    return None


def check(user: AbstractBaseUser | AnonymousUser, capability: Capability) -> Scope:
    """The user's scope. Raises NotAllowed, naming what the role may not do."""
    scope = scope_of(user)
    if not scope.may(capability):
        raise NotAllowed(_("Your role does not allow this: %(what)s.") % {"what": capability.label})
    return scope


def may_see_node(scope: Scope, node_id: int) -> bool:
    """Whether a node is the scope's own or hangs below it today."""
    if scope.node_id in {None, node_id}:
        return True
    return any(above.pk == scope.node_id for above in path_of(Node(pk=node_id)))


def may_see_category(scope: Scope, code: str | None) -> bool:
    """Whether a category (None: all of them together) lies inside the scope."""
    if not scope.category_codes:
        return True
    return code is not None and any(
        code == own or code.startswith(own + CATEGORY_SEPARATOR) for own in scope.category_codes
    )


def may_see_brand(scope: Scope, code: str | None) -> bool:
    """Whether a brand (None: all of them together) lies inside the scope."""
    return not scope.brand_codes or code in scope.brand_codes


def requires(capability: Capability) -> Callable[[View], View]:
    """Open a view or an API operation to roles with `capability` alone.

    The anonymous are sent to sign in; anyone else without it gets NotAllowed.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            check(request.user, capability)
            return view(request, *args, **kwargs)

        return _declared(cast("View", guarded), capability)

    return declare


def public(view: View) -> View:
    """Say that a view is open to everyone, signed in or not."""
    return _declared(view, None)


def _declared(view: View, capability: Capability | None) -> View:
    view.capability = capability  # type: ignore[attr-defined]  # read by the walk over every URL
    return view


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if "HX-Request" not in request.headers:
        return redirect_to_login(request.get_full_path())
    # A fragment must not receive the sign-in page: the whole page goes there.
    page = request.headers.get("HX-Current-URL", "/")
    return HttpResponse(headers={"HX-Redirect": redirect_to_login(page).url})
