"""The card of a model that was trained, made when it is packaged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import Any

from trainyard.config.layers.wiring import wired_values
from trainyard.config.schema.dataset_keys import MISSING_VALUES
from trainyard.config.schema.model import AutoModel, Classifier, Layers, Network, Regressor
from trainyard.files import json_values
from trainyard.inference.card import FORMAT, VERSION, signature
from trainyard.networks import Inputs

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
