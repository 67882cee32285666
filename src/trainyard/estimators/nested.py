"""Parameters that hold names with values, reached from outside as scikit-learn reaches those of an estimator within
another: layers__dense1__out_features."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from sklearn.base import BaseEstimator

NESTED = (
    "network", "layers", "optimizer", "schedule", "augment", "extra_metrics", "dataset", "training", "run", "tracking",
)  # fmt: skip


class NestedParameters(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """get_params and set_params that look into mappings. A mapping that was handed over is never written to."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name; with `deep`, those within mappings as <parameter>__<name> too."""
        params: dict[str, Any] = super().get_params(deep=deep)
        if deep:
            for name in [name for name in NESTED if isinstance(params.get(name), Mapping)]:
                params |= _flat(params[name], name)
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, and values within mappings by <parameter>__<name>.

        An option that is a word, such as optimizer="sgd", becomes a mapping where something within it is set.
        """
        inner = {key: value for key, value in params.items() if key.partition("__")[0] in NESTED and "__" in key}
        super().set_params(**{key: value for key, value in params.items() if key not in inner})
        for key, value in inner.items():
            name, *path = key.split("__")
            before = getattr(self, name)
            setattr(self, name, _with_value({"name": before} if isinstance(before, str) else before, path, value))
        return self


def _flat(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        found[f"{prefix}__{name}"] = value
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}__{name}")
    return found


def _with_value(values: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    given = dict(values) if isinstance(values, Mapping) else {}
    return {**given, path[0]: _with_value(given.get(path[0]), path[1:], value)}
