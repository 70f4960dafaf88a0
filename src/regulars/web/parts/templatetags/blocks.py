"""A block's own template, with what it was filled with."""

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from regulars.web.parts.blocks.pages import Standing

register = template.Library()


@register.simple_tag(takes_context=True)
def body_of(context: Context, standing: Standing) -> SafeString:
    """The filled block; what it was filled with is known to its template alone."""
    engine = context.template.engine  # type: ignore[union-attr]  # known while a page is rendered
    with context.push(**(standing.filled or {})):
        return engine.get_template(standing.template).render(context)
