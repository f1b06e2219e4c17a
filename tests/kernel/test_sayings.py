"""Sentences that are kept, read in another language later."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy

from afluente.kernel import sayings


class ToldError(Exception):
    pass


def test_a_kept_sentence_is_said_in_the_language_of_whoever_reads_it():
    with translation.override("pt-br"):
        said = sayings.gettext("Write a number, such as {example}.").format(example="{1}")
        kept = sayings.kept(said)
        assert said == "Escreva um número, como {1}."
    with translation.override("pl"):
        assert sayings.read(kept) == "Wpisz liczbę, na przykład {1}."
    with translation.override("en"):
        assert sayings.read(kept) == "Write a number, such as {1}."


def test_sentences_keep_what_they_are_in_errors_in_others_and_beside_others():
    why = str(ToldError(sayings.gettext("Write a number.")))
    inner = sayings.gettext("Changed since and kept: {fields}").format(fields=why)
    kept = sayings.kept(sayings.joined("; ", [inner, "Łódź: 5%"]))

    with translation.override("pl"):
        assert sayings.read(kept) == "Zmieniono od tego czasu i zachowano: Wpisz liczbę.; Łódź: 5%"


def test_numbers_take_the_form_that_the_reader_has_for_them():
    said = sayings.ngettext("{n} character left", "{n} characters left", 2).format(n=2)

    with translation.override("en"):
        assert sayings.read(sayings.kept(said)) == "2 characters left"


def test_plain_texts_and_those_of_before_are_read_as_they_are():
    for text in ("", "Too many cells.", "[1, 2]", "{n}"):
        assert sayings.read(sayings.kept(text)) == text


def test_a_sign_that_somebody_sends_is_no_sentence():
    kept = sayings.kept(f'{sayings.SIGN}{{"say":"Write a number."}}')

    assert sayings.read(kept) == '{"say":"Write a number."}'


def test_one_that_is_too_long_is_kept_in_the_present_language():
    with translation.override("pt-br"):
        said = sayings.gettext("Write a number, such as {example}.").format(example="9" * 90)
        assert sayings.kept(said, 60) == str(said)[:60]


def test_words_that_are_translated_when_shown_become_a_sentence():
    with translation.override("pl"):
        said = sayings.of(gettext_lazy("Write a number."))
        assert (said, sayings.of("Łódź")) == ("Wpisz liczbę.", "Łódź")
    assert sayings.read(sayings.kept(said)) == "Write a number."
