from copy import deepcopy

import pytest
import torch

from trainyard.config.schema.model import Classifier, ExtraMetric, Regressor
from trainyard.evaluation.subject import _open_device, check_own
from trainyard.inference import PackageError


def test_a_model_is_opened_as_it_was_tested(subjects):
    digits, calibrated = subjects["digits"], subjects["calibrated"]
    assert (digits.device.torch, digits.device.precision, digits.notes) == (torch.device("cpu"), "32", ())
    assert digits.batch_size == digits.packaged.card["testing"]["batch_size"]
    assert digits.temperature is None
    assert calibrated.temperature > 0


def test_a_device_that_is_not_here_gives_way_to_the_cpu_with_a_note(salmon):
    card = deepcopy(salmon.packaged.card)
    card["lineage"]["device"] = {"name": "GPU of this Mac", "threads": 1}
    if torch.backends.mps.is_available():
        pytest.skip("this machine has such a device")
    device, notes = _open_device(card)
    assert device.torch == torch.device("cpu")
    assert [note.split(",")[0] for note in notes] == ["the model was tested on GPU of this Mac"]


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (Regressor(loss="custom", loss_target="mine.losses.loss"), "mine.losses.loss"),
        (Classifier(extra_metrics={"gini": ExtraMetric(_target_="mine.gini")}), "mine.gini"),
    ],
)
def test_code_of_ones_own_is_refused_unless_it_is_trusted(config, name):
    with pytest.raises(PackageError, match=rf"measured by {name}, code of one's own.*trusted=\[mine\]"):
        check_own(config, ())
    check_own(config, ("mine",))
