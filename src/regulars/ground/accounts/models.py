"""Users: a role says what they may do, a scope says where."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.ground.org.models import Node, Staff


class User(AbstractUser):
    """Signs in. `node` bounds the organisation, `category_codes` and `brand_codes` the goods;
    an empty bound means everything the role may see. `home_blocks` are the blocks of the home page
    in the order chosen, `hidden_blocks` those put away; neither: as usual for the role."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("administrator")
        CHAIRMAN = "chairman", _("chairman")
        OPERATIONS = "operations", _("operations")
        CATEGORY_MANAGER = "category_manager", _("category manager")
        REGION_HEAD = "region_head", _("region or branch head")
        STORE_MANAGER = "store_manager", _("store manager")
        CONSULTANT = "consultant", _("consultant")
        CONTENT_EDITOR = "content_editor", _("content editor")
        BRAND_PARTNER = "brand_partner", _("brand partner")

    role = models.TextField(choices=Role.choices)
    display_name = models.TextField(blank=True)
    node = models.ForeignKey(Node, models.PROTECT, null=True, blank=True)
    category_codes = ArrayField(models.TextField(), default=list, blank=True)
    brand_codes = ArrayField(models.TextField(), default=list, blank=True)
    staff = models.OneToOneField(Staff, models.SET_NULL, null=True, blank=True)
    language = models.TextField(blank=True)
    home_blocks = ArrayField(models.TextField(), default=list, blank=True)
    hidden_blocks = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        db_table = "accounts_user"

    def __str__(self) -> str:
        return self.display_name or self.username


class Token(models.Model):
    """An API token: its hash is kept, its text is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_token"
