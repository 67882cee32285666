from PIL import Image

from trainyard.reports.style import DPI, new_figure, save, shortened


def test_a_figure_has_its_size_and_axes(tmp_path):
    figure, axes = new_figure(4, 3, 2, 2)
    assert len(axes) == 4
    with Image.open(save(figure, tmp_path / "plots" / "a.png")) as picture:
        assert picture.size == (4 * DPI, 3 * DPI)
        assert "Software" not in picture.info


def test_long_labels_are_cut():
    assert shortened(["short", "a very long label", 7], 8) == ["short", "a very …", "7"]
