"""Components say what they should, to eyes and to screen readers."""

from __future__ import annotations

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError

from afluente.ui import samples
from afluente.ui.templatetags import ui


def draw(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_a_sign_is_a_reference_into_the_sprite_and_hidden_from_screen_readers():
    drawn = draw('{% icon "house" css="m3" %}')

    assert drawn.startswith('<svg class="i m3" aria-hidden="true"><use href="/static/ui/vendor/lucide-')
    assert drawn.endswith('.svg#house"></use></svg>')


def test_an_unknown_sign_is_refused_by_name():
    with pytest.raises(TemplateSyntaxError, match="No sign called 'hous'"):
        draw('{% icon "hous" %}')


def test_a_long_address_may_break_where_its_parts_meet_and_stays_escaped():
    drawn = draw("{{ address|breakable }}", address="ana.<i>lima</i>@example.com")

    assert drawn == "ana<wbr>.&lt;i&gt;lima&lt;<wbr>/i&gt;<wbr>@example<wbr>.com"


def test_an_avatar_carries_the_name_for_those_who_cannot_see_it():
    drawn = draw('{% avatar name=name seed=7 size="md" online=True %}', name="Ana <b> Lima")

    assert 'class="av md hue-1"' in drawn
    assert 'role="img" aria-label="Ana &lt;b&gt; Lima"' in drawn
    assert " data-on>" in drawn


def test_a_decorative_avatar_is_hidden_because_the_name_stands_beside_it():
    drawn = draw('{% avatar name="Ana Lima" decorative=True %}')

    assert 'aria-hidden="true"' in drawn
    assert "aria-label" not in drawn


def test_the_hue_of_a_person_never_changes_and_stays_on_the_wheel():
    hues = [ui.hue(seed) for seed in range(100)] + [ui.hue("Ana Lima"), ui.hue("Ana Lima")]

    assert hues[-1] == hues[-2]
    assert set(hues) <= {f"hue-{number}" for number in range(24)}


def test_a_channel_has_its_own_sign_and_name():
    drawn = draw('{% channel "webhook" size="lg" %}')

    assert 'class="ch lg ch-webhook" role="img" aria-label="Webhook" title="Webhook"' in drawn
    assert '#webhook"' in drawn


def test_a_source_this_version_does_not_know_is_grey_and_honest():
    assert 'aria-label="Other source"' in draw('{% channel "pigeon" %}')


def test_a_badge_has_a_tone_and_a_word():
    assert draw('{% badge "Live" tone="ok" %}') == '<span class="badge ok">Live</span>'


def test_a_refused_field_is_bound_to_its_reason():
    drawn = draw("{% field form.email %}", form=samples.form())

    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_email_error"' in drawn
    assert 'id="id_email_error"' in drawn
    assert "Add what comes after the @" in drawn


def test_a_hint_describes_its_field():
    drawn = draw("{% field form.stage %}", form=samples.form())

    assert 'aria-describedby="id_stage_hint"' in drawn
    assert '<span class="hint" id="id_stage_hint">' in drawn


def test_optional_fields_say_so_and_required_ones_do_not():
    form = samples.form()

    assert "optional" in draw("{% field form.note %}", form=form)
    assert "optional" not in draw("{% field form.name %}", form=form)


def test_choices_are_a_group_with_a_legend():
    drawn = draw("{% field form.reach %}", form=samples.form())

    assert "<legend>Sees</legend>" in drawn
    assert drawn.count('type="radio"') == 2


def test_a_hidden_field_draws_nothing_around_itself():
    class Hidden(forms.Form):
        token = forms.CharField(widget=forms.HiddenInput)

    assert draw("{% field form.token %}", form=Hidden()).strip() == (
        '<input type="hidden" name="token" id="id_token">'
    )


def test_a_bar_is_as_wide_as_its_share_and_never_wider_than_whole():
    assert 'width="25.0%"' in draw("{% bar 1 of=4 %}")
    assert 'width="100.0%"' in draw("{% bar 9 of=4 %}")
    assert 'width="0.0%"' in draw("{% bar 1 of=0 %}")


def test_an_empty_state_says_what_is_missing_and_offers_one_act():
    drawn = draw(
        '{% empty_state title="No calls" text="A task appears here." sign="phone" %}<a>Set up</a>{% endempty_state %}'
    )

    assert "<b>No calls</b>" in drawn
    assert "<span>A task appears here.</span>" in drawn
    assert "<a>Set up</a>" in drawn


def test_a_misspelt_argument_fails_when_the_template_is_compiled():
    with pytest.raises(TemplateSyntaxError):
        draw('{% dialog name="d" titel="Delete?" %}{% enddialog %}')


def test_pages_are_offered_only_where_there_are_any():
    assert draw("{% pagination %}").strip() == ""
    assert 'rel="next"' in draw('{% pagination next_url="?after=3" %}')


def test_a_name_is_escaped_also_when_a_template_wrote_the_same_text():
    written = draw('{% avatar name="<b>Ana" %}')
    given = draw("{% avatar name=name %}", name="<b>Ana")

    assert written == given
    assert "<b>" not in given
