"""What a page offers: every link, form and request of htmx in it, as a browser would send them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

VERBS = ("get", "post", "put", "patch", "delete")
# What script asks for by itself: an address in one of these attributes is as good as a link.
SCRIPTED = "data-"


@dataclass(frozen=True)
class Offer:
    """One request that a page offers. `fields` are what its form holds when nobody has typed anything."""

    verb: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """The same act with other words in it is not asked for twice."""
        return self.verb, self.path, tuple(sorted(name for name, _value in self.fields))


@dataclass
class _Form:
    verb: str
    url: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    extra: list[tuple[str, str]] = field(default_factory=list)  # (verb, url) by htmx
    can_be_sent: bool = False


class Offers(HTMLParser):
    """`Offers(base, html).found` is what the page at the address `base` offers."""

    def __init__(self, base: str, html: str) -> None:
        super().__init__()
        self.base, self.found = base, set()
        self._form: _Form | None = None
        self._select: tuple[_Form, str] | None = None
        self._loose: list[tuple[str, tuple[str, str]]] = []
        self._forms: dict[str, _Form] = {}
        self._everything: list[_Form] = []
        self.feed(html)
        for owner, pair in self._loose:
            if owner in self._forms:
                self._forms[owner].fields.append(pair)
        for form in self._everything:
            self._send(form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open(said, is_scripts="hidden" in said)
        elif tag == "option" and self._select:
            self._choose(said.get("value", ""), is_chosen="selected" in said)
        elif tag == "a" and "href" in said:
            self._add("get", said["href"])
        for name, value in said.items():
            if name.startswith(SCRIPTED) and value.startswith("/"):
                self._add("script", value)
        if tag != "form" and not {"disabled", "inert"} & said.keys():
            self._live(tag, said)

    def _live(self, tag: str, said: dict[str, str]) -> None:
        """A control that is not put out of use, or whatever asks by itself."""
        if tag == "button" or said.get("type") in {"submit", "image"}:
            self._button(said)
        elif tag in {"input", "select", "textarea"}:
            self._control(tag, said)
        self._hyper(said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None

    def _open(self, said: dict[str, str], *, is_scripts: bool) -> None:
        self._form = _Form(said.get("method", "get").lower(), said.get("action", ""))
        if is_scripts:  # it holds the token for what script sends
            return
        self._form.extra = [(verb, said[f"hx-{verb}"]) for verb in VERBS if f"hx-{verb}" in said]
        self._forms[said.get("id", "")] = self._form
        self._everything.append(self._form)

    def _button(self, said: dict[str, str]) -> None:
        form = self._forms.get(said["form"]) if "form" in said else self._form
        if form is None or said.get("type") in {"button", "reset"}:
            return
        form.can_be_sent = True
        if "name" in said:
            form.buttons.append((said["name"], said.get("value", "")))
        if "formaction" in said:
            form.extra.append(("post", said["formaction"]))

    def _control(self, tag: str, said: dict[str, str]) -> None:
        name, kind = said.get("name", ""), said.get("type", "")
        form = self._forms.get(said["form"]) if "form" in said else self._form
        if form is not None and kind != "hidden":
            form.can_be_sent = True
        if tag == "select":
            self._select = (form, name) if form is not None and name else None
            return
        is_off = kind in {"checkbox", "radio"} and "checked" not in said
        if not name or is_off or kind == "file":
            return
        if form is not None:
            form.fields.append((name, said.get("value", "")))
        elif "form" in said:
            self._loose.append((said["form"], (name, said.get("value", ""))))

    def _choose(self, value: str, *, is_chosen: bool) -> None:
        """Browsers send the first option of a list unless another one is marked."""
        form, name = self._select or (None, "")
        known = form is not None and any(one == name for one, _value in form.fields)
        if form is not None and (is_chosen or not known):
            form.fields = [pair for pair in form.fields if pair[0] != name] + [(name, value)]

    def _hyper(self, said: dict[str, str]) -> None:
        for verb in VERBS:
            if f"hx-{verb}" not in said:
                continue
            fields = [] if self._form is None else [*self._form.fields]
            if said.get("name"):
                fields.append((said["name"], said.get("value", "")))
            self._add(verb, said[f"hx-{verb}"], fields if verb != "get" else ())

    def _send(self, form: _Form) -> None:
        if not form.can_be_sent:
            return
        for verb, url in {(form.verb, form.url), *form.extra}:
            for button in form.buttons or [None]:
                fields = [*form.fields, *([button] if button else [])]
                asked = (
                    f"{(url or self.base).partition('?')[0]}?{urlencode(fields)}" if verb == "get" else url
                )
                self._add(verb, asked, fields if verb != "get" else ())

    def _add(self, verb: str, url: str, fields: Any = ()) -> None:
        if verb == "dialog" or re.match(r"[a-z]+:(?!//)", url):  # tel:, mailto:, a dialog's own way out
            return
        whole = urljoin(self.base, urldefrag(url).url or self.base)
        if urlsplit(whole).netloc:
            return
        kept = tuple((name, value) for name, value in fields if name != "csrfmiddlewaretoken")
        self.found.add(Offer(verb, whole, kept))
