"""Tags about the page itself: icons, addresses that keep what is chosen, names of channels."""

from typing import Any

from django import template
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from regulars.ground.accounts.models import User
from regulars.ground.messages.service import count_unread
from regulars.know.orders.service import channel_name
from regulars.web.parts.persons import key_of

register = template.Library()
register.filter("channel", channel_name)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon from the sprite; decoration only, so screen readers pass it by."""
    return format_html(
        '<svg class="icon" width="24" height="24" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def unread_messages(context: Context) -> int:
    """How many messages whoever is signed in has not read."""
    user = context["request"].user
    return count_unread(user) if isinstance(user, User) else 0


@register.simple_tag(takes_context=True)
def person_key(context: Context) -> str:
    """Whose page this is, without saying who."""
    user = context["request"].user
    return key_of(user) if isinstance(user, User) else ""


@register.simple_tag(takes_context=True)
def address(context: Context, **changes: Any) -> str:
    """This page's address with some parameters changed; None or "" takes one away.

    A name that Python keeps for itself ends in an underscore: `from_`.
    """
    query = context["request"].GET.copy()
    for name, value in ((name.rstrip("_"), value) for name, value in changes.items()):
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def kept_fields(context: Context, *names: str) -> SafeString:
    """Hidden fields that carry what the address already says into a form's next address."""
    given = context["request"].GET
    return format_html_join(
        "\n",
        '<input type="hidden" name="{}" value="{}">',
        ((name, given[name]) for name in names if given.get(name)),
    )
