"""The organisation: nodes, where they hang and since when, stores, staff and positions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.kit.dated import DatedQuerySet, never_twice_at_once
from regulars.ground.kit.references import looked_up


class Node(models.Model):
    """A place in the tree. A store's node id is the store id of the warehouse."""

    class Kind(models.TextChoices):
        HEAD_OFFICE = "head_office", _("head office")
        REGION = "region", _("region")
        BRANCH = "branch", _("branch")
        STORE = "store", _("store")

    code = models.TextField(unique=True)
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices)

    class Meta:
        db_table = "org_node"

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Where a node hangs, and for how long."""

    node = models.ForeignKey(Node, models.CASCADE, related_name="placements")
    parent = models.ForeignKey(Node, models.PROTECT, related_name="child_placements")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        db_table = "org_placement"
        constraints = [never_twice_at_once("org_placement_one_parent_at_a_time", "node")]


class Store(models.Model):
    node = models.OneToOneField(Node, models.CASCADE, primary_key=True, related_name="store")
    format = models.TextField(blank=True)
    area_m2 = models.PositiveIntegerField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "org_store"

    def __str__(self) -> str:
        return self.node.name


class Staff(models.Model):
    """Someone who works for the chain. The phone is sealed; `phone_hash` finds it."""

    code = models.TextField()
    name = models.TextField()
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)

    class Meta:
        db_table = "org_staff"
        constraints = [models.UniqueConstraint(fields=["code"], name="org_staff_code")]
        indexes = [models.Index(fields=["phone_hash"], name="org_staff_phone")]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """Who works where as what, and for how long."""

    class Kind(models.TextChoices):
        HEAD_OFFICE = "head_office", _("head office")
        REGION_HEAD = "region_head", _("region head")
        BRANCH_HEAD = "branch_head", _("branch head")
        STORE_MANAGER = "store_manager", _("store manager")
        CONSULTANT = "consultant", _("consultant")
        CASHIER = "cashier", _("cashier")

    staff = looked_up(Staff, models.CASCADE, related_name="positions")
    node = looked_up(Node, related_name="positions")
    kind = models.TextField(choices=Kind.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        db_table = "org_position"
        constraints = [never_twice_at_once("org_position_once", "staff", "node", "kind")]
