"""What the admin's theme lacks for who hears a page: where its content begins."""

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CONTENT = '<div id="main"'  # the theme's, of everything beside the side bar


@register.filter
def with_main(page: SafeString) -> SafeString:
    """The theme's `page` with its content as the landmark `main`. The theme has no block there to fill."""
    return mark_safe(page.replace(CONTENT, f'{CONTENT} role="main"', 1))  # noqa: S308 - the page itself, rendered
