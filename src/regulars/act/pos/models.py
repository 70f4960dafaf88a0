"""Tickets of the till as they were taken, their numbers, and closing sheets."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit import clock
from regulars.ground.kit.references import looked_up
from regulars.ground.org.models import Node, Staff
from regulars.know.members.models import Member

USER = settings.AUTH_USER_MODEL


class Counter(models.Model):
    """The last receipt number of a store. Its row is the lock under which a store's tickets are
    taken one after another, so that numbers have no gaps."""

    store = models.OneToOneField(Node, models.CASCADE, primary_key=True, related_name="+")
    last_ticket = models.PositiveIntegerField(default=0)
    last_member = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "pos_counter"


class Closing(models.Model):
    """What one cashier counted: `float_cents` lay in the drawer before, `totals` are those of the
    tickets that this sheet closes."""

    store = models.ForeignKey(Node, models.PROTECT, related_name="+")
    cashier = models.ForeignKey(USER, models.PROTECT, related_name="+")
    business_on = models.DateField()
    float_cents = models.BigIntegerField(default=0)
    expected_cents = models.BigIntegerField()
    counted_cents = models.BigIntegerField()
    totals = models.JSONField()
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(default=clock.now)

    class Meta:
        db_table = "pos_closing"
        indexes = [models.Index(fields=["store", "-closed_at"], name="pos_closing_latest")]

    @property
    def difference_cents(self) -> int:
        """Above zero: there is more in the drawer than there should be."""
        return self.counted_cents - self.expected_cents


class Sale(models.Model):
    """A ticket; one that brings back (`original`) has negative lines and totals.

    `sale_id` is made by the till, so that what is sent twice is one ticket. `lines`: [{"product",
    "name", "milli" (thousandths), "price_cents", "gross_cents", "discount_cents", "net_cents",
    "list_cents", "cost_cents", "of" (of a return: the original's line)}]. `paid_cents` came in, of
    which `change_cents` went back.
    """

    class Method(models.TextChoices):
        CASH = "cash", _("cash")
        CARD = "card", _("bank card")
        WECHAT = "wechat", _("WeChat Pay")
        ALIPAY = "alipay", _("Alipay")

    class State(models.TextChoices):
        SOLD = "sold", _("sold")
        PARTLY = "partly", _("partly returned")
        RETURNED = "returned", _("returned")
        REFUND = "refund", _("return")

    sale_id = models.UUIDField(unique=True)
    store = models.ForeignKey(Node, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    cashier = models.ForeignKey(USER, models.PROTECT, related_name="+")
    staff = looked_up(Staff, null=True, related_name="+", db_index=False)
    member = looked_up(Member, null=True, related_name="+", db_index=False)
    original = models.ForeignKey("self", models.PROTECT, null=True, related_name="returns")
    lines = models.JSONField()
    gross_cents = models.BigIntegerField()
    discount_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    method = models.TextField(choices=Method.choices)
    paid_cents = models.BigIntegerField()
    change_cents = models.BigIntegerField(default=0)
    lead_id = models.BigIntegerField(null=True)
    offer = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.SOLD)
    sold_at = models.DateTimeField()
    business_on = models.DateField()
    taken_at = models.DateTimeField(default=clock.now)
    closing = models.ForeignKey(Closing, models.PROTECT, null=True, related_name="sales")

    class Meta:
        db_table = "pos_sale"
        constraints = [models.UniqueConstraint("store", "number", name="pos_sale_number")]
        indexes = [
            models.Index(fields=["store", "business_on", "-number"], name="pos_sale_of_day"),
            models.Index(
                fields=["store", "cashier"],
                condition=models.Q(closing=None),
                name="pos_sale_unclosed",
            ),
            models.Index(
                fields=["lead_id"],
                condition=models.Q(lead_id__isnull=False),
                name="pos_sale_of_lead",
            ),
        ]

    @property
    def order_id(self) -> str:
        """The id under which the ticket goes to the inbox, and which the receipt shows."""
        return f"{self.store.code}-{self.number:06d}"

    @property
    def is_return(self) -> bool:
        return self.original_id is not None
