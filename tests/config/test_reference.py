"""docs/config.md: it says what the schema says, and names every key."""

import pytest

from tests.config import reference_text
from trainyard.config.keys import key_variants, shipped_options

PAGE = reference_text.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_schema_says():
    assert reference_text.reference_text() == PAGE


def test_every_documented_key_is_on_the_page():
    paths = [path for path, variants in key_variants().items() if variants[0].doc and not variants[0].section]
    assert [path for path in paths if f"| `{path}`" not in PAGE] == []


@pytest.mark.parametrize("group", shipped_options())
def test_every_option_is_on_the_page(group):
    own = PAGE.partition(f"\n## {group}\n")[2].partition("\n## ")[0]
    missing = [name for name in shipped_options()[group] if f"`{group}={name}`" not in own and f"`{name}`" not in own]
    assert missing == []


def test_a_bar_in_a_text_does_not_end_its_cell():
    assert reference_text.cell("auto | min <name>") == "auto \\| min &lt;name>"
