"""trusted=... as an argument of a verb."""

import pytest

from trainyard.verbs.trusting import trusted_packages


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        ([], ()),
        (["run=latest", "trusted=mine"], ("mine",)),
        (["trusted=[mine, ours.parts]"], ("mine", "ours.parts")),
        (["trusted=[]"], ()),
        (["trusted=mine", "trusted=ours"], ("mine", "ours")),
        (["untrusted=mine"], ()),
    ],
)
def test_packages_are_read_from_the_words_alone(argv: list[str], names: tuple[str, ...]) -> None:
    assert trusted_packages(argv) == names
