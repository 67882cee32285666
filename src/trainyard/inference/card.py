"""The card of a packaged model: everything about it that is no weight, as JSON."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import Any

from trainyard.config.layers.wiring import wired_values
from trainyard.config.schema import AutoModel, Classifier, Layers, Network, Regressor
from trainyard.config.schema.dataset import MISSING_VALUES
from trainyard.data.pixels import raw_columns
from trainyard.files import json_values
from trainyard.networks import Inputs

FORMAT, VERSION = "trainyard-model", 1
TESTING = {"batch_size": 4096, "compile": False, "weight": None}
READING = {"delimiter": None, "encoding": "utf-8", "decimal": ".", "missing_values": list(MISSING_VALUES)}
PACKAGES = ("trainyard", "torch", "numpy", "pyarrow", "safetensors")


def build_card(
    *, task: str, network: Network, inputs: Inputs, outputs: int, preprocessing: Mapping[str, Any],
    classes: Sequence[Any] | None, targets: Sequence[str], target_mean: Sequence[float],
    target_scale: Sequence[float], precision: str, example: Sequence[Mapping[str, Any]], metrics: Mapping[str, float],
    lineage: Mapping[str, Any], model: AutoModel | Classifier | Regressor, class_counts: Sequence[int] | None = None,
    temperature: float | None = None, target_powers: Sequence[Mapping[str, float]] = (),
    quantiles: Sequence[float] = (), testing: Mapping[str, Any] | None = None, reading: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the card of a model, as JSON values.

    `save_package` adds what it knows of the weights, `probe.probe_outputs` gives the outputs for the example.

    `temperature` divides the logits of a calibrated classifier; `target_powers` are the transforms of a regressor's
    targets, empty for none, and `quantiles` the levels that it predicts, empty for one number a target. `testing` is
    what the metrics depend on besides: batch_size, whether the network was compiled, and the column of the weights;
    `reading` how text files are read: delimiter, encoding, decimal and missing_values.
    """
    card = {
        "format": FORMAT,
        "version": VERSION,
        "task": task,
        "network": network_values(network),
        "inputs": asdict(inputs),
        "outputs": outputs,
        "preprocessing": preprocessing,
        "model": asdict(model),
        "classes": None if classes is None else list(classes),
        "class_counts": None if class_counts is None else list(class_counts),
        "targets": list(targets),
        "target_mean": list(target_mean),
        "target_scale": list(target_scale),
        "target_powers": list(target_powers),
        "quantiles": list(quantiles),
        "temperature": temperature,
        "precision": precision,
        "testing": {**TESTING, **(testing or {})},
        "reading": {**READING, **(reading or {})},
        "example": list(example),
        "probe_outputs": [],
        "signature": signature(preprocessing, classes, targets, quantiles),
        "metrics": json_values(metrics),
        "lineage": {name: value for name, value in lineage.items() if name != "environment"},
        "versions": {name: version(name) for name in PACKAGES},
    }
    plain: dict[str, Any] = json.loads(json.dumps(card))
    return plain


def network_values(network: Network) -> dict[str, Any]:
    """Return the config of a network as a card holds it: layers name their inputs, as the order of keys may be lost."""
    if isinstance(network, Layers):
        network = replace(network, layers=wired_values(network.layers))
    return asdict(network)


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
