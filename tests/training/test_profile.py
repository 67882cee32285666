import torch

from trainyard.config.schema import Accelerator
from trainyard.training.accelerator import open_device
from trainyard.training.console import Console
from trainyard.training.profile import profiled

DEVICE = open_device(Accelerator(threads=1), torch.device("cpu"), 0)


def test_the_dearest_operators_are_told_and_kept(tmp_path, capsys):
    with profiled(True, DEVICE, tmp_path, Console(tmp_path)):
        torch.randn(50, 50) @ torch.randn(50, 50)
    table = (tmp_path / "profile.txt").read_text()
    assert "aten::mm" in table
    assert "Self CPU" in table
    assert table in capsys.readouterr().out


def test_nothing_happens_where_it_is_not_wanted(tmp_path, capsys):
    with profiled(False, DEVICE, tmp_path, Console(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out == ""
