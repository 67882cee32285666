"""The help text, from the configs that there are."""

from pathlib import Path

from trainyard.config.help import LINES, default_options, help_text
from trainyard.config.loader import Loader


def test_the_lines_to_paste_begin_with_what_the_person_types() -> None:
    text = help_text(Loader(), "train", "trainyard train")
    assert all(f"  trainyard train {line}".rstrip() in text for line in LINES)
    assert 'eval "$(trainyard train -sc install=bash)"' in text
    assert "python" not in text


def test_defaults_are_those_of_the_primary_config(tmp_path: Path) -> None:
    assert default_options(Loader(), "train")["network"] == "mlp"
    assert "experiment" not in default_options(Loader(), "train")
    (tmp_path / "mine.yaml").write_text("defaults: [_self_, {network: linear}]\n", encoding="utf-8")
    assert default_options(Loader(str(tmp_path)), "mine") == {"network": "linear"}


def test_a_group_of_ones_own_is_shown(tmp_path: Path) -> None:
    (tmp_path / "flavour").mkdir()
    (tmp_path / "flavour" / "sweet.yaml").write_text("x: 1\n", encoding="utf-8")
    assert "  flavour      sweet\n" in help_text(Loader(str(tmp_path)), "train", "python train.py")
