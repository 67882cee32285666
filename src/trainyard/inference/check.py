"""What a card has to say for itself before anything is made of it: every part of the right kind, size and range.

A card that passes describes one model without contradiction. Whether it is the one that was packaged is told by its
digest and by the outputs for its example (see probe).
"""

import math
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, get_args

from trainyard.config.schema.accelerator import Precision
from trainyard.data.pixels import image_column
from trainyard.inference.card import signature
from trainyard.inference.check_columns import check_preprocessing, is_number, is_size, require

POWER = ("power", "shift", "center", "highest")


def check_card(card: Mapping[str, Any]) -> None:
    """Raise PackageError naming the first part of a card that cannot be right."""
    classification = card["task"] == "classification"
    require(card["task"] in ("classification", "regression"), "task")
    require(card["precision"] in get_args(Precision), "precision")
    check_preprocessing(card["preprocessing"], "float64" if card["precision"] == "64" else "float32")
    _check_targets(card, classification)
    _check_inputs(card["inputs"], card["preprocessing"])
    _check_quantiles(card["quantiles"], classification)
    wanted = len(card["classes"]) if classification else len(card["targets"]) * max(1, len(card["quantiles"]))
    require(type(card["outputs"]) is int and card["outputs"] == wanted, "outputs")
    expected = signature(card["preprocessing"], card["classes"], card["targets"], card["quantiles"])
    require(card["signature"] == expected, "signature")
    _check_example(card)
    _check_weights(card["weights"])


def _check_targets(card: Mapping[str, Any], classification: bool) -> None:
    targets, classes = card["targets"], card["classes"]
    require(_is_list(targets) and bool(targets) and all(type(name) is str for name in targets), "targets")
    require(len(set(targets)) == len(targets), "targets")
    sizes = 0 if classification else len(targets)
    require(len(card["target_mean"]) == sizes and all(map(is_number, card["target_mean"])), "target_mean")
    scales = card["target_scale"]
    require(len(scales) == sizes and all(is_number(scale) and scale > 0 for scale in scales), "target_scale")
    powers = card["target_powers"]
    require(_is_list(powers) and len(powers) in (0, sizes), "target_powers")
    require(all(sorted(power) == sorted(POWER) and all(map(is_number, power.values())) for power in powers),
            "target_powers")  # fmt: skip
    temperature = card["temperature"]
    require(temperature is None or (classification and is_number(temperature) and temperature > 0), "temperature")
    counts = card["class_counts"]
    if not classification:
        require(classes is None and counts is None, "classes")
        return
    require(len(targets) == 1 and _is_list(classes) and len(classes) > 1 and all(map(_is_label, classes)), "classes")
    require(len({(type(label), label) for label in classes}) == len(classes), "classes")
    require(_is_list(counts) and len(counts) == len(classes) and all(map(is_size, counts)), "class_counts")


def _check_inputs(inputs: Mapping[str, Any], preprocessing: Mapping[str, Any]) -> None:
    """The shapes of a network's input follow from the columns."""
    image = image_column(preprocessing)
    shape = inputs["image_shape"]
    if image is not None:
        require(shape == image["shape"] and inputs["numeric"] == math.prod(shape), "inputs")
        require(inputs["category_sizes"] == [] and inputs["category_names"] == [], "inputs")
        return
    embedded = [column for column in preprocessing["columns"] if column.get("embedded")]
    sizes = [1 + len(column["categories"]) + column["missing"] for column in embedded]
    require(inputs["numeric"] == len(preprocessing["features"]), "inputs.numeric")
    require(shape is None or (len(shape) == 3 and all(map(is_size, shape)) and math.prod(shape) == inputs["numeric"]),
            "inputs.image_shape")  # fmt: skip
    require(inputs["category_sizes"] == sizes, "inputs.category_sizes")
    require(inputs["category_names"] in ([], preprocessing["embedded"]), "inputs.category_names")


def _check_quantiles(levels: Sequence[Any], classification: bool) -> None:
    require(_is_list(levels) and all(is_number(level) and 0 < level < 1 for level in levels), "quantiles")
    require(sorted(set(levels)) == levels and not (levels and classification), "quantiles")


def _check_example(card: Mapping[str, Any]) -> None:
    rows, outputs = card["example"], card["probe_outputs"]
    require(_is_list(rows) and all(isinstance(row, dict) for row in rows), "example")
    require(_is_list(outputs) and len(outputs) >= len(rows), "probe_outputs")
    require(all(_is_list(row) and len(row) == card["outputs"] and all(type(number) in (float, NoneType)
                for number in row) for row in outputs), "probe_outputs")  # fmt: skip


def _check_weights(weights: Mapping[str, Any]) -> None:
    require(is_size(weights["bytes"]) and type(weights["md5"]) is str, "weights")
    require(isinstance(weights["tensors"], dict), "weights.tensors")


def _is_label(value: Any) -> bool:
    return type(value) in (str, bool, int) or (type(value) is float and math.isfinite(value))


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
