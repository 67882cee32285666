"""Rules about fit: each is broken by one command line, and only that rule speaks."""

import shlex
from collections.abc import Callable, Sequence

import pytest

from tests.config.rules_cases import FIT


@pytest.mark.parametrize(("line", "beginning"), FIT.items(), ids=list(FIT))
def test_a_pair_that_cannot_be_right_is_refused(
    faults: Callable[..., Sequence[str]], line: str, beginning: str
) -> None:
    (fault,) = faults(*(line.split(" ") if "' '" not in line else shlex.split(line)))
    assert fault.startswith(beginning), fault
