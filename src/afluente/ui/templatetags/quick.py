"""`{% url %}` and `{% translate %}` as Django has them, each address and each fixed phrase made once; and
`{% blocktranslate count %}` with its number written as people of the region write it.

A page shows dozens of addresses and hundreds of phrases, nearly all of them the same every time; making them
anew took a fifth of the processor time of a page. Loaded under the name `i18n`, and built in for addresses.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.template import defaulttags
from django.templatetags import i18n
from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

from afluente.ui import formats

if TYPE_CHECKING:
    from django.template.base import FilterExpression, Parser, Token
    from django.template.context import Context
    from django.utils.safestring import SafeString

LONG = 1000  # numbers from here on have separators
register = template.Library()
register.tags |= i18n.register.tags
register.filters |= i18n.register.filters


class AddressNode(defaulttags.URLNode):
    """`{% url %}` without `as`."""

    def render(self, context: Context) -> SafeString:
        """Raises NoReverseMatch for a page that there is not."""
        # As text, since 1 and True are the same key; every converter of ours writes the text of what it gets.
        args = tuple(str(arg.resolve(context)) for arg in self.args)
        named = tuple((name, str(value.resolve(context))) for name, value in self.kwargs.items())
        return _address(str(self.view_name.resolve(context)), args, named, get_script_prefix())


@register.tag
def url(parser: Parser, token: Token) -> defaulttags.URLNode:
    """The address of a view with these arguments; with `as`, put into a variable by Django's own tag."""
    node = defaulttags.url(parser, token)
    return node if node.asvar else AddressNode(node.view_name, node.args, node.kwargs, None)


@lru_cache(maxsize=8192)
def _address(
    view: str, args: tuple[str, ...], named: tuple[tuple[str, str], ...], _prefix: str
) -> SafeString:
    return conditional_escape(reverse(view, args=args, kwargs=dict(named)))


class PhraseNode(template.Node):
    """`{% translate %}` of words that stand in the template."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """The words in the language of the request."""
        language = get_language()
        if (found := self.said.get(language)) is None:
            found = self.said[language] = self.node.render(context)
        return found


class Counted(int):
    """A number that counts in a sentence: it still chooses the plural, and is read with separators."""

    def __str__(self) -> str:
        return formats.number(int(self))


class Counter:
    """What a sentence counts, resolved for it."""

    def __init__(self, counter: FilterExpression) -> None:
        self.counter = counter

    def resolve(self, context: Context) -> Any:
        """The number; a long one is written with separators where the sentence says it."""
        found = self.counter.resolve(context)
        return Counted(found) if isinstance(found, int) and found >= LONG else found


@register.tag("blocktranslate")
@register.tag("blocktrans")
def blocktranslate(parser: Parser, token: Token) -> i18n.BlockTranslateNode:
    """A sentence with values; what it counts stands for 2.002 in it, not for 2002."""
    node = i18n.do_block_translate(parser, token)
    if node.counter is not None:
        vars(node)["counter"] = Counter(node.counter)
    return node


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> template.Node:
    """A phrase in the language of the request; what is put into a variable or filtered, by Django's own tag."""
    node = i18n.do_translate(parser, token)
    words, meant = node.filter_expression, node.message_context
    is_fixed = words.var.literal is not None and not words.filters
    if node.asvar or not is_fixed or (meant is not None and (meant.is_var or meant.filters)):
        return node
    return PhraseNode(node)
