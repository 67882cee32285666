"""The card of a packaged model: everything about it that is no weight, as JSON."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from trainyard.data.pixels import raw_columns

FORMAT, VERSION = "trainyard-model", 1


def card_digest(card: Mapping[str, Any]) -> str:
    """Return the md5 of a card's values, but for the digest itself; spaces and the order of keys do not count."""
    values = {name: value for name, value in card.items() if name != "digest"}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def signature(
    preprocessing: Mapping[str, Any], classes: Sequence[Any] | None, targets: Sequence[str],
    quantiles: Sequence[float] = (),
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Return the raw columns a model takes and the columns it gives, in MLflow's words.

    Every input is "any" and none is required, so that rows come to the model as they were sent: it reads values by
    the column's kind, fills what is missing, and names the column that is wrong. Types of MLflow would refuse whole
    numbers for a double and a column of missing values for a string, and make "no" and null in JSON a boolean true
    and false.
    """
    inputs = [{"name": column["name"], "type": "any", "required": False} for column in raw_columns(preprocessing)]
    if classes is None:
        outputs = [{"name": name, "type": "double"} for name in [*targets, *quantile_names(targets, quantiles)]]
    else:
        probabilities = [{"name": name, "type": "double"} for name in probability_names(classes)]
        outputs = [{"name": "prediction", "type": label_type(classes)}, *probabilities]
    return {"inputs": inputs, "outputs": outputs}


def probability_names(classes: Sequence[Any]) -> list[str]:
    """Return the names of the columns that hold the probability of each class."""
    return [f"probability_{label}" for label in classes]


def quantile_names(targets: Sequence[str], quantiles: Sequence[float]) -> list[str]:
    """Return the names of the columns that hold the quantiles of each target: price_q0.05, ..."""
    return [f"{target}_q{level:g}" for target in targets for level in quantiles]


def label_type(classes: Sequence[Any]) -> str:
    """Return the type of the labels in MLflow's words."""
    kinds = {type(label) for label in classes}
    words = {str: "string", bool: "boolean", int: "long", float: "double"}
    return words[kinds.pop()] if len(kinds) == 1 else "string"
