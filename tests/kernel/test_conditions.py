"""The language of filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afluente.kernel.conditions import ALL, ANY, Condition, Expression, UnreadableError, read, read_query

names = st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True)
values = st.lists(
    st.text(alphabet=st.characters(exclude_characters="\x00"), min_size=1, max_size=20), max_size=3
)
conditions = st.builds(Condition, names, st.from_regex(r"[a-z_]{1,20}", fullmatch=True), values.map(tuple))
groups = st.lists(st.lists(conditions, min_size=1, max_size=3).map(tuple), max_size=4).map(tuple)


@given(groups, st.sampled_from([ALL, ANY]))
def test_what_is_written_is_read_again(found, match):
    expression = Expression(found, match if len(found) > 1 else ALL)
    address: dict[str, list[str]] = {}
    for name, value in expression.pairs:
        address.setdefault(name, []).append(value)

    assert read_query(address) == expression


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("source", "no condition"),
        ("source.is:" + "a," * 200 + "b", "More than 200 values"),
        ("name.is:" + "x" * 201, "more than 200 characters"),
        ("|".join(["a.is:1"] * 21), "More than 20 conditions"),
        ("; DROP TABLE.is:1", "no condition"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_reason(where, said):
    with pytest.raises(UnreadableError, match=said):
        read([where])


def test_nothing_said_fits_everything():
    assert not read(["", " "])
    assert read([]).pairs == []
