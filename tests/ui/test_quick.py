"""Addresses and phrases of templates: made once, and the same as Django makes them."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch
from django.utils import translation

from afluente.ui import formats


def drawn(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_an_address_is_what_it_is_without_being_kept():
    for pk in (1, "1", 2, 10**12):
        assert drawn('{% url "contacts:contact" pk %}', pk=pk) == f"/contacts/{pk}/"
        assert drawn('{% url "contacts:contact" pk=pk %}', pk=pk) == f"/contacts/{pk}/"
        assert drawn('{% url "contacts:contact" pk as to %}{{ to }}', pk=pk) == f"/contacts/{pk}/"


def test_numbers_and_truth_do_not_share_an_address():
    drawn('{% url "contacts:contact" pk %}', pk=1)

    with pytest.raises(NoReverseMatch):
        drawn('{% url "contacts:contact" pk %}', pk=True)


def test_a_page_that_there_is_not_is_an_error_every_time():
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            drawn('{% url "contacts:contact" %}')


def test_a_phrase_follows_the_language_of_each_request():
    page = Template('{% load i18n %}{% translate "Save" %}, {% translate word %}')
    said = []
    for language in ("en", "pt-br", "pl", "en", "pt-br"):
        with translation.override(language):
            said.append(page.render(Context({"word": "Cancel"})))

    assert said == ["Save, Cancel", "Salvar, Cancelar", "Zapisz, Anuluj", "Save, Cancel", "Salvar, Cancelar"]


def test_a_phrase_in_a_variable_and_one_with_a_percent_sign():
    assert drawn('{% load i18n %}{% translate "Save" as kept %}[{{ kept }}]') == "[Save]"
    assert drawn('{% load i18n %}{% translate "100%" %}{% translate "<b>" %}') == "100%<b>"
    assert drawn("{% load i18n %}{% translate typed %}", typed="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("language", "country", "n", "said"),
    [
        ("en", "US", 1, "1 contact"),
        ("en", "US", 999, "999 contacts"),
        ("en", "US", 2002, "2,002 contacts"),
        ("pt-br", "BR", 2002, "2.002 contatos"),
        ("pl", "PL", 12004, "12\N{NO-BREAK SPACE}004 kontakty"),
        ("pl", "PL", 12005, "12\N{NO-BREAK SPACE}005 kontaktów"),
    ],
)
def test_what_a_sentence_counts_has_the_separators_of_the_region(language, country, n, said):
    page = "{% load i18n %}{% blocktranslate count n=n %}{{ n }} contact{% plural %}{{ n }} contacts{% endblocktranslate %}"
    with translation.override(language), formats.region(country):
        assert drawn(page, n=n) == said
