import json
import warnings
from dataclasses import replace
from pathlib import Path

import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.dataset import Csv
from trainyard.lineage.code import Code
from trainyard.training.passes import Passes
from trainyard.training.plan import plan_run
from trainyard.training.record import dataset_schema, plan_tags, record_lineage

CPU = torch.device("cpu")


def test_lineage_names_data_seeds_and_device():
    plan = plan_run(make_config(seed=3), make_prepared(), CPU)
    found = record_lineage(plan, command="python train.py", sweep="s", code=None)
    assert found["data"] == {
        "name": "made", "digest": "d" * 32, "origin": "made", "prepared": "k",
        "rows": {"train": 200, "val": 100, "test": 100},
        "tracked": "none", "revision": None, "changed": None, "files": [],
    }  # fmt: skip
    assert found["seeds"] == {"seed": 3, "split_seed": 0}
    assert found["device"]["threads"] == 1
    assert found["sweep"] == "s"
    json.dumps(found)


def test_each_file_of_a_dataset_has_its_version(tmp_path):
    one, other = (tmp_path / name for name in ("train.csv", "test.csv"))
    one.write_text("1\n")
    other.write_text("2\n")
    plan = plan_run(make_config(), make_prepared(), CPU)
    dataset = Csv(name="made", target=("label",), path=str(one), test_path=str(other))
    alone, both = (
        record_lineage(replace(plan, config=replace(plan.config, dataset=dataset)), command="", sweep=None, code=None)
        for dataset in (replace(dataset, test_path=None), dataset)
    )
    assert [(file["part"], file["path"], file["digest"]) for file in both["data"]["files"]] == [
        ("train", str(one), "b026324c6904b2a9cb4b88d6d61c81d1"),
        ("test", str(other), "26ab0db90d72e28ad0ba1e22ee510510"),
    ]  # fmt: skip
    assert [file["digest"] for file in alone["data"]["files"]] == ["d" * 32]  # of the bytes that were read


def test_a_run_that_goes_on_keeps_its_earlier_starts():
    plan = plan_run(make_config(), make_prepared(), CPU)
    first = record_lineage(plan, command="first", sweep=None, code=None)
    code = Code("r" * 40, "main", True, (), b"", None)
    second = record_lineage(plan, command="second", sweep=None, code=code, before=first)
    third = record_lineage(plan, command="third", sweep=None, code=code, before=second)
    assert first["earlier"] == []
    assert third["earlier"] == [
        {"command": "first", "revision": None, "dirty": None},
        {"command": "second", "revision": "r" * 40, "dirty": True},
    ]


def test_tags_say_what_was_run_on_what():
    tags = plan_tags(plan_run(make_config(), make_prepared(), CPU), Path("/runs/made/1"))
    assert tags["dataset.digest"] == "d" * 32
    assert (tags["task"], tags["network"], tags["precision"], tags["threads"]) == ("classification", "mlp", "32", "1")
    assert all(isinstance(value, str) for value in tags.values())
    assert "passes" not in tags


def test_ways_to_compute_faster_are_recorded():
    made = plan_run(make_config(), make_prepared(), CPU)
    made = replace(made, device=replace(made.device, passes=Passes(bf16=True, channels_last=True)))
    assert plan_tags(made, Path("/runs/made/1"))["passes"] == "bf16, channels_last"
    recorded = record_lineage(made, command="train", sweep=None, code=None)["device"]["passes"]
    assert recorded == {"bf16": True, "one_dnn": False, "channels_last": True}


def test_the_datasets_schema_is_mlflows():
    with warnings.catch_warnings():  # MLflow warns of its own code when it is imported
        warnings.simplefilter("ignore")
        from mlflow.types.schema import Schema

    prepared = replace(make_prepared(), preprocessing={"columns": [{"name": "size", "type": "double"}]})
    columns = json.loads(dataset_schema(prepared))["mlflow_colspec"]
    assert Schema.from_json(json.dumps(columns)).input_names() == ["size", "label"]
    assert [column["type"] for column in columns] == ["double", "long"]
