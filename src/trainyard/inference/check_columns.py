"""What a card has to say of its columns and of their transforms."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from trainyard.data.pixels import image_column
from trainyard.inference.package import PackageError

PARTS = ("year", "elapsed", "month sin", "month cos", "weekday sin", "weekday cos", "time sin", "time cos")
TYPES = ("double", "long", "boolean", "string", "datetime")


def require(right: bool, part: str) -> None:
    """Raise PackageError where a part of a card is not right."""
    if not right:
        raise PackageError(f"The card contradicts itself in {part}, or says there what cannot be. It was altered; "
                           "package the model again.")  # fmt: skip


def is_number(value: Any) -> bool:
    """Whether a JSON value is a finite number."""
    return type(value) in (int, float) and math.isfinite(value)


def is_size(value: Any) -> bool:
    """Whether a JSON value is a whole number of 0 or more."""
    return type(value) is int and value >= 0


def check_preprocessing(preprocessing: Mapping[str, Any], dtype: str) -> None:
    """Raise PackageError for columns that cannot be encoded, or whose features are not those that are listed."""
    columns = preprocessing["columns"]
    require(preprocessing["dtype"] == dtype, "preprocessing.dtype")
    require(isinstance(columns, list) and bool(columns), "preprocessing.columns")
    names = [column["name"] for column in columns]
    require(all(type(name) is str for name in names) and len(set(names)) == len(names), "preprocessing.columns")
    require(all(column["type"] in TYPES for column in columns), "preprocessing.columns")
    if (image := image_column(preprocessing)) is not None:
        _check_image(image)
        require(len(columns) == 1, "preprocessing.columns")
        return
    features: list[str] = []
    for column in columns:
        place = f"the column {column['name']}"
        check = CHECKS.get(column["kind"])
        if check is not None:  # what is no kind is told when the encoder is made
            features += check(column, place)
    embedded = [column["name"] for column in columns if column.get("embedded")]
    require(preprocessing["features"] == features, "preprocessing.features")
    require(preprocessing["embedded"] == embedded, "preprocessing.embedded")


def _check_image(image: Mapping[str, Any]) -> None:
    shape = image["shape"]
    require(isinstance(shape, list) and len(shape) == 3 and all(is_size(side) and side for side in shape), "the image")
    for name in ("center", "scale"):
        require(len(image[name]) == shape[0] and all(map(is_number, image[name])), f"{name} of the image")
    require(all(scale > 0 for scale in image["scale"]), "scale of the image")
    require(is_number(image["low"]) and is_number(image["high"]) and image["low"] <= image["high"], "the image")


def _check_numeric(column: Mapping[str, Any], place: str) -> Sequence[str]:
    require(is_number(column["fill"]) and type(column["indicator"]) is bool, place)
    _check_transform(column["transform"], place)
    return [column["name"], *_missing(column, column["indicator"])]


def _check_boolean(column: Mapping[str, Any], place: str) -> Sequence[str]:
    require(type(column["indicator"]) is bool, place)
    return [column["name"], *_missing(column, column["indicator"])]


def _check_category(column: Mapping[str, Any], place: str) -> Sequence[str]:
    categories = column["categories"]
    require(isinstance(categories, list) and all(type(category) is str for category in categories), place)
    require(len(set(categories)) == len(categories), place)
    require(type(column["missing"]) is bool and type(column["embedded"]) is bool, place)
    if column["embedded"]:
        return []
    return [*(f"{column['name']}={category}" for category in categories), *_missing(column, column["missing"])]


def _check_datetime(column: Mapping[str, Any], place: str) -> Sequence[str]:
    require(type(column["fill"]) is int and abs(column["fill"]) < 2**62 and type(column["indicator"]) is bool, place)
    from trainyard.data.dates import FORMATS  # and with it pyarrow, which packaging does not need

    require(column["written"] in FORMATS and all(part in PARTS for part in column["parts"]), place)
    for transform in column["parts"].values():
        _check_transform(transform, place)
    parts = [f"{column['name']}: {part}" for part in column["parts"]]
    return [*parts, *_missing(column, column["indicator"])]


def _missing(column: Mapping[str, Any], present: bool) -> Sequence[str]:
    return [f"{column['name']} is missing"] if present else []


def _check_transform(transform: Mapping[str, Any], place: str) -> None:
    match transform["name"]:
        case "standard" | "robust":
            require(is_number(transform["center"]) and is_number(transform["scale"]) and transform["scale"] > 0, place)
        case "quantile":
            known, scores = transform["quantiles"], transform["scores"]
            require(len(known) == len(scores) > 0 and all(map(is_number, [*known, *scores])), place)
            require(all(low < high for low, high in [*pairwise(known), *pairwise(scores)]), place)


CHECKS: dict[str, Callable[[Mapping[str, Any], str], Sequence[str]]] = {
    "numeric": _check_numeric, "boolean": _check_boolean, "category": _check_category, "datetime": _check_datetime,
}  # fmt: skip
