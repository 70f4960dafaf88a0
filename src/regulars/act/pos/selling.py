"""A sale is taken once: numbered, kept, and handed to the inbox in one transaction."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from regulars.act.pos import rules
from regulars.act.pos.buyers import get_buyer, lock_counter
from regulars.act.pos.goods import get_quoted, guarded_among
from regulars.act.pos.inbox import hand_over
from regulars.act.pos.models import Sale
from regulars.act.pos.offers import read_offer
from regulars.act.pos.wishes import Wish, WishedLine, method_of
from regulars.act.tasks.models import Lead
from regulars.ground.accounts.access import Capability, Scope, check, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotAllowed, NotFound, UserError
from regulars.ground.org.models import Node
from regulars.know.catalog.models import Product

SELLER_SALT, SELLER_DAYS = "pos.seller", 14


def seller_token(user: User, store: Node) -> str:
    """Who stands at a till where: its tickets carry it, whoever sends them later."""
    return signing.dumps([user.pk, store.pk], salt=SELLER_SALT)


def seller_of(scope: Scope, token: str) -> tuple[User, Node]:
    """Raises UserError for a token that is not ours, or of somebody or a store that is no more;
    NotAllowed for a store out of the scope."""
    try:
        user_id, store_id = signing.loads(
            token, salt=SELLER_SALT, max_age=timedelta(days=SELLER_DAYS)
        )
    except signing.BadSignature:
        user_id = store_id = None
    user = User.objects.select_related("staff").filter(pk=user_id).first()
    store = Node.objects.filter(pk=store_id).first()
    if user is None or store is None:
        raise UserError(_("This till was opened too long ago: open it again."), field="seller")
    if not may_see_node(scope, store.pk):
        raise NotAllowed(_("This ticket is of another store."))
    return user, store


def sell(actor: User, wish: Wish) -> Sale:
    """Take a sale. The same one sent again gives the first; another under its id is refused, as are
    unknown goods, prices and discounts that the seller may not ask, and too little money."""
    scope = check(actor, Capability.RUN_TILL)
    seller, store = seller_of(scope, wish.seller)
    method = method_of(wish.method)
    counter = lock_counter(store)
    if before := Sale.objects.filter(sale_id=wish.sale_id).first():
        return _same(before, store, wish)
    lines = _lines(wish)
    lead, guarded = _lead(store, wish), guarded_among(line["product"] for line in lines)
    may_decide = scope.may(Capability.CHANGE_PRICES)
    if not may_decide:
        _check_prices(store, wish.lines)
        _check_discounts(lines, wish, lead, guarded)
    share_out(lines, wish.off_cents, guarded)
    net = sum(line["net_cents"] for line in lines)
    sold_at = _moment(wish)
    counter.last_ticket += 1
    counter.save(update_fields=["last_ticket"])
    sale = Sale.objects.create(
        sale_id=wish.sale_id,
        store=store,
        number=counter.last_ticket,
        cashier=seller,
        staff=seller.staff,
        member=get_buyer(wish.member) if wish.member else None,
        lines=lines,
        gross_cents=sum(line["gross_cents"] for line in lines),
        discount_cents=sum(line["discount_cents"] for line in lines),
        net_cents=net,
        method=method,
        paid_cents=wish.given_cents,
        change_cents=rules.change_of(method, net, wish.given_cents),
        lead_id=lead.pk if lead else None,
        offer=lead.coupon if lead and wish.off_cents else "",
        sold_at=sold_at,
        business_on=clock.business_date(sold_at),
    )
    if may_decide and _is_unusual(store, wish):
        record(actor, "till.price_decided", "sale", sale.pk, ticket=sale.order_id)
    hand_over(sale)
    return sale


def share_out(
    lines: Sequence[dict[str, Any]], off_cents: int, guarded: Set[str] = frozenset()
) -> None:
    """Take `off_cents` off a ticket: each line bears of it by what it costs, `guarded` goods
    nothing. Raises UserError when more is taken off than these cost, or anything off those."""
    for line in lines:
        if line["discount_cents"] and line["product"] in guarded:
            raise UserError(
                _("Nothing may be taken off “%(name)s”: a rule of the trade.")
                % {"name": line["name"]},
                field="lines",
            )
    weights = [0 if line["product"] in guarded else line["net_cents"] for line in lines]
    if off_cents > sum(weights):
        raise UserError(_("More is taken off than the goods cost."), field="off_cents")
    for line, share in zip(lines, rules.spread(off_cents, weights), strict=True):
        line["discount_cents"] += share
        line["net_cents"] -= share


def _same(before: Sale, store: Node, wish: Wish) -> Sale:
    told = [(line["product"], line["milli"], line["price_cents"]) for line in before.lines]
    wished = [(line.product, line.milli, line.price_cents) for line in wish.lines]
    if before.store_id != store.pk or told != wished or before.is_return:
        raise UserError(_("Another ticket was taken under this id already."), field="sale_id")
    return before


def _lines(wish: Wish) -> list[dict[str, Any]]:
    codes = {line.product for line in wish.lines}
    products = {each.code: each for each in Product.objects.filter(code__in=codes)}
    if unknown := sorted(codes - set(products)):
        raise NotFound(_("There is no product “%(code)s”.") % {"code": unknown[0]}, field="lines")
    return [_line(products[line.product], line) for line in wish.lines]


def _line(product: Product, wished: WishedLine) -> dict[str, Any]:
    gross = rules.gross_of(wished.price_cents, wished.milli)
    if wished.discount_cents > gross:
        raise UserError(_("More is taken off than the goods cost."), field="lines")
    return {
        "product": product.code,
        "name": product.name,
        "milli": wished.milli,
        "price_cents": wished.price_cents,
        "gross_cents": gross,
        "discount_cents": wished.discount_cents,
        "net_cents": gross - wished.discount_cents,
        "cost_cents": _cost(product, wished.milli),
    }


def _cost(product: Product, milli: int) -> int | None:
    return None if product.cost_cents is None else rules.gross_of(product.cost_cents, milli)


def _lead(store: Node, wish: Wish) -> Lead | None:
    if wish.lead_id is None:
        return None
    lead = Lead.objects.filter(pk=wish.lead_id, store=store).select_related("member").first()
    if lead is None or lead.member is None or get_buyer(wish.member).pk != lead.member_id:
        raise NotFound(_("This offer is not hers."), field="lead_id")
    return lead


def _check_prices(store: Node, lines: Sequence[WishedLine]) -> None:
    for line in lines:
        quoted = get_quoted(line.quote)
        is_ours = quoted is not None and quoted[:2] == (store.code, line.product)
        if not is_ours or (quoted and quoted[2] is not None and line.price_cents < quoted[2]):
            raise NotAllowed(
                _("A lower price for “%(product)s” is the manager's to give.")
                % {"product": line.product}
            )


def _check_discounts(
    lines: Sequence[dict[str, Any]], wish: Wish, lead: Lead | None, guarded: Set[str]
) -> None:
    if any(line["discount_cents"] for line in lines):
        raise NotAllowed(_("A discount on a line is the manager's to give."))
    offer = read_offer(lead.coupon) if lead else None
    open_to_it = sum(line["net_cents"] for line in lines if line["product"] not in guarded)
    most = offer.taken_off(open_to_it) if offer else 0
    if wish.off_cents > most:
        raise NotAllowed(_("More is taken off than her offer gives: the manager may."))
    if wish.off_cents and lead and _is_used(lead):
        raise NotAllowed(_("Her offer was used already: the manager may give it once more."))


def _is_used(lead: Lead) -> bool:
    """An offer is good for one ticket, unless all of that came back."""
    used = Sale.objects.filter(lead_id=lead.pk, store=lead.store_id, original=None)
    return used.exclude(offer="").exclude(state=Sale.State.RETURNED).exists()


def _is_unusual(store: Node, wish: Wish) -> bool:
    try:
        _check_prices(store, wish.lines)
    except NotAllowed:
        return True
    return bool(wish.off_cents and wish.lead_id is None) or any(
        line.discount_cents for line in wish.lines
    )


def _moment(wish: Wish) -> datetime:
    return clock.on_its_day(rules.moment_of(wish.sold_at, clock.now()))
