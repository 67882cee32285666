"""What the tests of the config share."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from trainyard.config.compose import Composed, Composer
from trainyard.config.loader import Loader
from trainyard.config.nearest import listed
from trainyard.config.schema.model import NETWORKS
from trainyard.config.schema.optimization import OPTIMIZERS
from trainyard.config.schema.run import Config
from trainyard.errors import ConfigError

REPOSITORY = Path(__file__).parents[2]
ALL_NETWORKS = listed(sorted(NETWORKS))
ALL_OPTIMIZERS = listed(sorted(OPTIMIZERS))
ALL_PRESETS = listed(sorted(path.stem for path in (REPOSITORY / "conf" / "experiment").glob("*.yaml")))


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose from the repository's own conf/, whatever the machine's environment says."""
    monkeypatch.chdir(REPOSITORY)
    for name in ("TRAINYARD_ROOT", "DVC_ROOT", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME", "HYDRA_FULL_ERROR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def composer() -> Composer:
    """Compose many command lines, sharing what can be shared."""
    return shared_composer()


@cache
def shared_composer() -> Composer:
    """The composer of the repository's own conf/."""
    return Composer(Loader(repeated=True))


def compose_quickly(overrides: Sequence[str] = ()) -> Config:
    """Compose from the repository's own conf/."""
    return shared_composer().compose(overrides).config


@pytest.fixture
def composed(composer: Composer) -> Callable[..., Composed]:
    """Compose a command line."""
    return lambda *overrides: composer.compose(overrides)


@pytest.fixture
def faults(composer: Composer) -> Callable[..., Sequence[str]]:
    """Compose a command line that is wrong and return its faults."""

    def find(*overrides: str) -> Sequence[str]:
        with pytest.raises(ConfigError) as error:
            composer.compose(overrides)
        return error.value.faults

    return find
