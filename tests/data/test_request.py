from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType

import pytest

from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import DATASETS, Csv
from trainyard.config.schema.dataset_keys import Column
from trainyard.config.schema.declared import keys_of
from trainyard.data.request import Request, dataset_of, values_of

FISH = Csv(name="fish", target=("length", "weight"), path="fish.csv", delimiter=";", split="files", test_path="t.csv",
           columns={"code": Column(kind="category", encoding="embedding"), "a": Column()})  # fmt: skip


@pytest.mark.parametrize("memory", [None, Path("/somewhere/digests")])
def test_a_request_travels_as_json(memory):
    request = Request(FISH, "regression", True, memory, target_transform="log", trusted=("mine", "ours.data"))
    assert Request.from_json(request.to_json()) == request


@pytest.mark.parametrize("source", DATASETS)
def test_every_dataset_travels(source):
    kind = DATASETS[source]
    required = {key.name: "x" for key in keys_of(kind).values() if key.required} | {"target": ("y",)}
    dataset = kind(**required, augment=Augment(flip="both", mixup=0.2))
    request = Request(dataset, "auto", double=False)
    back = Request.from_json(request.to_json()).dataset
    assert back == dataset
    assert type(back) is kind
    assert values_of(dataset).keys() == {field.name for field in fields(kind)}


def test_columns_may_be_any_mapping():
    dataset = replace(FISH, columns=MappingProxyType(dict(FISH.columns)))
    assert dataset_of(values_of(dataset)) == FISH
