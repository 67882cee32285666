import torch

from trainyard.training.loop import seed_dropout


def test_seeding_dropout_is_torchs_own_seeding_of_the_cpu():
    seed_dropout(7, torch.device("cpu"))
    ours = torch.rand(3)
    torch.manual_seed(7)
    assert torch.equal(ours, torch.rand(3))
