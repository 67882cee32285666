"""Rules about places: each is broken by one command line, and only that rule speaks."""

import shlex
from collections.abc import Callable, Sequence

import pytest

from tests.config.rules_cases import PLACE
from trainyard.config.compose import Composed


@pytest.mark.parametrize(("line", "beginning"), PLACE.items(), ids=list(PLACE))
def test_a_pair_that_cannot_be_right_is_refused(
    faults: Callable[..., Sequence[str]], line: str, beginning: str
) -> None:
    (fault,) = faults(*(line.split(" ") if "' '" not in line else shlex.split(line)))
    assert fault.startswith(beginning), fault


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("run_name=a-${oc.env:PLACE}", "run_name"),
        ("experiment_name=${oc.env:PLACE}", "experiment_name"),
        ("dataset=csv dataset.target=y dataset.path=/data/${oc.env:PLACE}.csv", "dataset.name"),
        ("tracking=server tracking.uri=http://host/${oc.env:PLACE}/x", "tracking.uri"),
    ],
)
def test_what_is_shown_everywhere_does_not_come_from_the_environment(
    faults: Callable[..., Sequence[str]], monkeypatch: pytest.MonkeyPatch, line: str, named: str
) -> None:
    monkeypatch.setenv("PLACE", "hunter22")
    (fault,) = faults(*line.split(" "))
    assert fault.startswith(f"{named}: ")
    assert "from the environment" in fault
    assert "hunter22" not in fault


def test_an_address_and_a_users_name_may_come_from_the_environment(
    composed: Callable[..., Composed], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PLACE": "http://me:hunter22@host/mlflow", "USER": "ann", "SLURM_JOB_ID": "7"}.items():
        monkeypatch.setenv(name, value)
    name = "run_name=${oc.env:USER}-${oc.env:SLURM_JOB_ID}"
    found = composed("tracking=server", "tracking.uri=${oc.env:PLACE}", name)
    assert found.config.run_name == "ann-7"
    assert found.config.masked == ("tracking.uri",)
