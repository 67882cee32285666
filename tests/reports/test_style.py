import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from trainyard.reports.style import (
    DPI,
    HEAD,
    PALETTE,
    SMALL,
    TITLE,
    Panel,
    Plain,
    fitted,
    new_figure,
    room_on_the_left,
    save,
    settings,
    short_labels,
    shortened,
    text_inches,
)

PANEL = Panel(3, 2, left=0.5, right=0.25, above=0.25, below=0.5)


def test_a_figure_has_its_size_and_axes(tmp_path):
    with settings():
        figure, axes = new_figure("title", "subtitle", PANEL, 2, 3)
        path = save(figure, tmp_path / "plots" / "a.png")
    assert len(axes) == 6
    width, height = figure.get_size_inches()
    assert (width, height) == pytest.approx((3 * 3.75, HEAD + 2 * 2.75))
    assert axes[0].get_position().width * width == pytest.approx(3)
    assert axes[0].get_position().y0 > axes[3].get_position().y1
    with Image.open(path) as picture:
        assert picture.size == pytest.approx((width * DPI, height * DPI), abs=1)
        assert "Software" not in picture.info


def test_a_failure_while_writing_leaves_the_old_picture(tmp_path, monkeypatch):
    path = save(new_figure("title", "", PANEL)[0], tmp_path / "a.png")
    before = path.read_bytes()

    def full(self, partial, **_):
        partial.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(OSError, match="No space left"):
        save(new_figure("other", "", PANEL)[0], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([0, 500, 1500], ["0", "500", "1,500"]),
        ([-2, 0, 2], ["\N{MINUS SIGN}2", "0", "2"]),
        ([0, 2.5e9, 5e9], ["0", "2.5e9", "5e9"]),
        ([1e6 + 1, 1e6 + 2], ["1.000001e6", "1.000002e6"]),
        ([0, 2e-7], ["0", "2e\N{MINUS SIGN}7"]),
        ([0.1], ["0.1"]),
        ([0], ["0"]),
    ],
)
def test_ticks_have_the_digits_that_tell_them_apart(ticks, labels):
    assert Plain().format_ticks(np.array(ticks, float)) == labels


def test_long_texts_lose_their_middle():
    assert shortened("short", 8) == "short"
    assert shortened("a very long label", 8) == "a ve…bel"
    assert short_labels(["town\nhall", 7, "species number 10", "species number 11"], 12) == [
        "town hall", "7", "specie…er 10", "specie…er 11",
    ]  # fmt: skip


def test_labels_that_would_be_one_when_they_are_short_get_their_number():
    assert short_labels(["a", "species of the north, red", "species of the south, red"], 12) == [
        "a", "2 speci… red", "3 speci… red",
    ]  # fmt: skip


@pytest.mark.parametrize("low", [-1e6, -2e5, -3000, 0, 1e-4])
def test_there_is_room_for_the_numbers_and_the_label_of_a_vertical_axis(low):
    left = room_on_the_left((low, 0.01), (-1, 1))
    figure, (axes,) = new_figure("title", "", Panel(3, 2, left=left))
    axes.set(ylim=(low, 0.01), ylabel="residual")
    figure.canvas.draw()
    label, axis = axes.yaxis.label.get_window_extent(), axes.yaxis.get_tightbbox()
    assert label.x0 >= 0
    assert axis.x0 < 0.35 * DPI  # no more than that
    assert room_on_the_left((0, 1)) == Panel.left


def test_a_title_becomes_smaller_before_it_is_cut():
    for title, whole in (("short", True), ("a title of some 50 characters in 3 inches", True), ("x" * 100, False)):
        figure, _ = new_figure(title, "", PANEL)
        drawn = figure.texts[0]
        assert (drawn.get_text() == title) == whole
        assert drawn.get_window_extent().width <= figure.get_window_extent().width
        assert SMALL <= drawn.get_fontsize() <= TITLE


@pytest.mark.parametrize("size", [8, 11])
def test_texts_fit_where_they_were_said_to(size):
    figure = Figure(figsize=(4, 1), dpi=100)
    for text in ("WHALES AND MAMMOTHS " * 3, "Oncorhynchus nerka 1900-1950, many", "0123456789" * 5, "mlp-1f81f8 " * 6):
        drawn = figure.text(0, 0, fitted(text, 4, size), fontsize=size).get_window_extent()
        assert drawn.width < 400
        assert drawn.width / 100 <= text_inches([fitted(text, 4, size)], size) * 1.1


def test_a_label_is_no_mathematics_and_may_have_any_character(tmp_path):
    with settings():
        figure, (axes,) = new_figure("$5 to $10_{", "鮭 \N{RAINBOW}", PANEL)
        axes.set_xlabel("a $b$ \\frac{")
        assert save(figure, tmp_path / "a.png").stat().st_size > 1000


def test_colors_are_far_from_white_and_from_each_other():
    rgb = np.array([[int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)] for color in PALETTE])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    assert (1.05 / (luminance + 0.05)).min() > 2
    distances = np.abs(rgb[:, None] - rgb[None]).sum(2)[np.triu_indices(len(rgb), 1)]
    assert distances.min() > 0.3
