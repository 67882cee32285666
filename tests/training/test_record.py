import json
import warnings
from dataclasses import replace
from pathlib import Path

import torch

from tests.synthetic import make_config, make_prepared
from trainyard.training.plan import plan_run
from trainyard.training.record import dataset_schema, plan_tags, record_lineage

CPU = torch.device("cpu")


def test_lineage_names_data_seeds_and_device():
    plan = plan_run(make_config(seed=3), make_prepared(), CPU)
    found = record_lineage(plan, command="python train.py", sweep="s", code=None)
    assert found["data"] == {"name": "made", "digest": "d" * 32, "origin": "made", "prepared": "k"}
    assert found["seeds"] == {"seed": 3, "split_seed": 0}
    assert found["device"]["threads"] == 1
    assert found["sweep"] == "s"
    json.dumps(found)


def test_tags_say_what_was_run_on_what():
    tags = plan_tags(plan_run(make_config(), make_prepared(), CPU), Path("/runs/made/1"))
    assert tags["dataset.digest"] == "d" * 32
    assert (tags["task"], tags["network"], tags["precision"], tags["threads"]) == ("classification", "mlp", "32", "1")
    assert all(isinstance(value, str) for value in tags.values())


def test_the_datasets_schema_is_mlflows():
    with warnings.catch_warnings():  # MLflow warns of its own code when it is imported
        warnings.simplefilter("ignore")
        from mlflow.types.schema import Schema

    prepared = replace(make_prepared(), preprocessing={"columns": [{"name": "size", "type": "double"}]})
    columns = json.loads(dataset_schema(prepared))["mlflow_colspec"]
    assert Schema.from_json(json.dumps(columns)).input_names() == ["size", "label"]
    assert [column["type"] for column in columns] == ["double", "long"]
