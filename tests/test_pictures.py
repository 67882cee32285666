import re

import pytest

from tests.checkout import REPOSITORY
from tests.pictures import PICTURES, terminal

PAGES = [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
NAMED = sorted({
    (page.parent / name).resolve()
    for page in PAGES for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
})  # fmt: skip
MOST_BYTES = 150_000


@pytest.mark.parametrize("picture", NAMED, ids=lambda path: path.name)
def test_a_picture_that_a_page_shows_is_there_and_small(picture):
    assert 0 < picture.stat().st_size < MOST_BYTES


def test_every_picture_is_shown():
    assert {path.resolve() for path in PICTURES.iterdir()} == {path for path in NAMED if path.parent == PICTURES}


def test_what_was_printed_stands_in_the_drawing_as_text():
    drawn = terminal("python train.py", "a < b\n\n" + "x" * 500)
    assert "$&#160;python&#160;train.py</text>" in drawn  # plain spaces would be drawn as one
    assert ">a&#160;&lt;&#160;b</text>" in drawn
    assert f">{'x' * 120}</text>" in drawn
