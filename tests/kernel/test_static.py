"""Static files as browsers get them."""

import re

from afluente.kernel import static


def test_the_look_is_one_sheet_with_every_part_in_its_layer():
    sheet = static.joined_sheet()

    assert "@import" not in sheet
    assert re.search(r"@layer components \{\s*/\*|@layer components \{\s*\.", sheet)
    assert sheet.index("@layer reset, tokens") < sheet.index("@layer components {")
    assert sheet.count("{") == sheet.count("}")
