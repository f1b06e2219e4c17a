"""Hosted forms: made, changed, switched, deleted. Each is a page and its door at intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext, override

from afluente.capture.models import Form
from afluente.capture.services.fields import Field, fields_of, mapping_of, starting_fields
from afluente.intake import services as intake
from afluente.intake.models import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.intake.models import DealRule


@transaction.atomic
def create_form(*, name: str, language: str) -> Form:
    """A form that can be published at once: name, e-mail, phone and message, in `language`."""
    with override(language):
        fields = starting_fields(
            {
                "name": gettext("Your name"),
                "email": gettext("E-mail"),
                "phone": gettext("Phone"),
                "message": gettext("Message"),
            }
        )
        title, button = gettext("Write to us"), gettext("Send")
    source = intake.create_source(kind=Source.Kind.FORM, name=name)
    form = Form(source=source, title=title, button=button, language=language)
    return _save(form, fields)


@transaction.atomic
def change_form(
    *,
    form: Form,
    name: str,
    rule: DealRule | None,
    title: str,
    intro: str,
    button: str,
    language: str,
    thanks: str,
    redirect_url: str,
    fields: Sequence[Field],
) -> Form:
    """Change a form and its door. Answers already given keep what they were."""
    intake.change_source(source=form.source, name=name, rule=rule, is_on=form.source.is_on)
    form.title, form.intro, form.button = title, intro, button
    form.language, form.thanks, form.redirect_url = language, thanks, redirect_url
    return _save(form, fields)


def _save(form: Form, fields: Sequence[Field]) -> Form:
    form.fields = [field.as_json() for field in fields]
    form.save()
    intake.set_mapping(source=form.source, mapping=mapping_of(fields))
    return form


@transaction.atomic
def duplicate_form(*, form: Form, name: str) -> Form:
    """The same questions behind another address, switched off until somebody publishes it."""
    source = intake.create_source(kind=Source.Kind.FORM, name=name, rule=form.source.rule)
    intake.change_source(source=source, name=name, rule=form.source.rule, is_on=False)
    copy = Form(source=source, title=form.title, intro=form.intro, button=form.button)
    copy.language, copy.thanks, copy.redirect_url = form.language, form.thanks, form.redirect_url
    return _save(copy, fields_of(form.fields))


def switch_form(*, form: Form, is_on: bool) -> None:
    """Publish a form or take it down; its address stays."""
    source = form.source
    intake.change_source(source=source, name=source.name, rule=source.rule, is_on=is_on)


def delete_form(*, form: Form) -> None:
    """Shut a form for good. Its leads stay."""
    intake.delete_source(source=form.source)
