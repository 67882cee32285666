"""Rules about layers: each is broken by one command line, and only that rule speaks."""

from collections.abc import Callable, Sequence

import pytest

from tests.config.rules_cases import LAYERS


@pytest.mark.parametrize(("line", "beginning"), LAYERS.items(), ids=list(LAYERS))
def test_a_pair_that_cannot_be_right_is_refused(
    faults: Callable[..., Sequence[str]], line: str, beginning: str
) -> None:
    (fault,) = faults(*line.split(" "))
    assert fault.startswith(beginning), fault
