"""What the tests of the config share."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from trainyard.config.compose import Composed, Composer
from trainyard.config.loader import Loader
from trainyard.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose from the repository's own conf/, whatever the machine's environment says."""
    monkeypatch.chdir(REPOSITORY)
    for name in ("TRAINYARD_ROOT", "DVC_ROOT", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "HYDRA_FULL_ERROR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def composed() -> Callable[..., Composed]:
    """Compose a command line."""
    return lambda *overrides: Composer(Loader()).compose(overrides)


@pytest.fixture
def faults() -> Callable[..., Sequence[str]]:
    """Compose a command line that is wrong and return its faults."""

    def find(*overrides: str) -> Sequence[str]:
        with pytest.raises(ConfigError) as error:
            Composer(Loader()).compose(overrides)
        return error.value.faults

    return find
