"""An estimator as the config of a run, and the other way round."""

import inspect
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import check_random_state

from trainyard.config.schema.run import Config
from trainyard.config.text import to_yaml
from trainyard.estimators.composing import asks_for_tracking, composed
from trainyard.estimators.given_rows import Given
from trainyard.estimators.nested import NestedParameters
from trainyard.estimators.own_code import OwnCode
from trainyard.estimators.parameters import parameters_of
from trainyard.estimators.settings import config_of

SEEDS = 2**31 - 1


class Configured(NestedParameters):
    """Parameters that stand for the keys of a config; how they are named is in settings."""

    model: ClassVar[str]  # classifier or regressor

    @classmethod
    def from_config(cls, *overrides: str) -> Self:
        """Return the estimator that `python train.py` with these overrides stands for; also config=FILE.

        Its fit() without rows trains on the config's dataset, to the weights of that command. It leaves a run where the
        overrides ask for tracking. Raises ConfigError.
        """
        params = parameters_of(composed(overrides), cls.model, cls._defaults())
        if asks_for_tracking(overrides) and "run" in params:
            params["tracking"] = params["run"].pop("tracking", None)
        return cls(**params)

    def to_config(self, path: Path | str | None = None) -> str:
        """Return the YAML that `python train.py config=FILE` takes, written to `path` too where one is given.

        Of rows that were handed over it names none: give a dataset=... with them. Callbacks that are objects are left
        out. Raises ParameterError.
        """
        text = to_yaml(self._config(OwnCode(), self._seed()))
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text

    def _config(self, code: OwnCode, seed: int, rows: Given | None = None, *, partial: bool = False) -> Config:
        params = {name: getattr(self, name) for name in self._defaults()}
        if partial:
            params |= {"max_epochs": 1, "max_steps": None, "early_stopping": False, "schedule": "constant"}
        targets = ("y",) if rows is None else rows.names
        validated = not partial and (rows is None or params["early_stopping"] or rows.held_out is not None)
        count = None if rows is None else len(rows.x)
        settled: dict[str, Any] = {"seed": seed, "rows": count, "validated": validated}
        return config_of(params, self._defaults(), self.model, code, targets=targets, **settled)

    def _seed(self) -> int:
        random_state: Any = getattr(self, "random_state")  # noqa: B009  # a parameter of those that inherit
        if isinstance(random_state, int | np.integer):
            return int(random_state)
        return int(check_random_state(random_state).randint(SEEDS))

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        return {name: parameter.default for name, parameter in inspect.signature(cls).parameters.items()}
