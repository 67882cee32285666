import math

import pytest
import torch

from tests.synthetic import make_config, make_prepared
from trainyard.config.schema.model import Mlp
from trainyard.training.evaluation import measure, named, outputs
from trainyard.training.plan import plan_run

CPU = torch.device("cpu")


@pytest.mark.parametrize("weighted", [False, True])
def test_outputs_cover_all_rows_in_order_whatever_the_batch(weighted):
    prepared = make_prepared(weighted=weighted)
    plan = plan_run(make_config(network=Mlp(dropout=0.5)), prepared, CPU)
    model, rows = plan.build_model(), plan.open_test()
    whole, cut = outputs(model, rows, 1000, plan.device), outputs(model, rows, 7, plan.device)
    assert torch.equal(whole.y, torch.from_numpy(prepared.test.y))
    torch.testing.assert_close(whole.output, cut.output)
    assert (whole.weight is not None) is weighted
    assert not whole.output.requires_grad


def test_metrics_carry_the_name_of_their_part():
    plan = plan_run(make_config(), make_prepared(), CPU)
    model = plan.build_model()
    metrics = measure(model, outputs(model, plan.open_test(), 1000, plan.device), "test")
    assert list(metrics)[:2] == ["test/loss", "test/accuracy"]
    assert all(isinstance(value, float) and math.isfinite(value) for value in metrics.values())


def test_numbers_of_any_dtype_are_named():
    assert named({"a": torch.tensor(1), "b": torch.tensor(0.5)}, "x") == {"x/a": 1.0, "x/b": 0.5}
