import json

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from tests.synthetic import make_config
from trainyard.training.checkpoint import BestCheckpoint
from trainyard.training.member import Member


def improved(member, network, epoch, value):
    with torch.no_grad():
        network.weight.fill_(epoch)
    member.record(epoch, {"val/loss": value}, network)


def test_the_best_weights_are_on_the_disk_with_their_metrics(tmp_path):
    member, network = Member(make_config()), nn.Linear(2, 1)
    checkpoint = BestCheckpoint(tmp_path, seconds=0)
    improved(member, network, 1, 0.5)
    assert checkpoint.due()
    checkpoint.write(member, network)
    improved(member, network, 2, 0.9)
    checkpoint.write(member, network)
    assert torch.equal(load_file(checkpoint.path)["weight"], torch.ones(1, 2))
    with safe_open(checkpoint.path, "pt") as file:
        metadata = file.metadata()
    assert metadata["epoch"] == "1"
    assert json.loads(metadata["metrics"]) == {"epoch": 1, "val/loss": 0.5}


def test_it_is_written_again_when_the_best_has_changed(tmp_path):
    member, network = Member(make_config()), nn.Linear(2, 1)
    checkpoint = BestCheckpoint(tmp_path, seconds=0)
    for epoch, value in [(1, 0.5), (2, 0.4)]:
        improved(member, network, epoch, value)
        checkpoint.write(member, network)
    assert load_file(checkpoint.path)["weight"].tolist() == [[2.0, 2.0]]
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["best.safetensors"]


def test_it_waits_for_its_time(tmp_path):
    assert not BestCheckpoint(tmp_path, seconds=3600).due()


def test_without_a_best_there_is_nothing_to_write(tmp_path):
    checkpoint = BestCheckpoint(tmp_path, seconds=0)
    checkpoint.write(Member(make_config()), nn.Linear(2, 1))
    assert not checkpoint.path.exists()
