"""The plot of a sweep: the metric against each parameter that was varied."""

import itertools
import json

import pytest

from trainyard.reports.draw import draw
from trainyard.reports.sweep import Varied, draw_sweep, varied_names
from trainyard.tracking.journal import Journal


def content(*members, monitor="val/loss", best=None):
    """sweep.json of members: overrides and value of each, None for one that failed."""
    told = [
        {"folder": str(place), "overrides": overrides.split(), "status": "FAILED" if value is None else "FINISHED",
         "monitor_value": value, "error": None, "metrics": {}}
        for place, (overrides, value) in enumerate(members)
    ]  # fmt: skip
    values = [value for _, value in members if value is not None]
    lowest = next((member["folder"] for member in told if member["monitor_value"] == min(values)), None)
    return {"monitor": monitor, "members": told, "best": best or lowest}


GRID = [
    (f"optimizer.lr={rate} network.hidden={hidden} seed={seed} dataset=iris", rate * 10 + len(hidden) / 10 + seed / 100)
    for rate, hidden, seed in itertools.product((0.001, 0.01, 0.1), ("[8]", "[8,8]"), (1, 2))
]


def test_there_is_a_panel_for_each_parameter_that_differs(figures, tmp_path):
    assert draw_sweep(content(*GRID), "sweep iris", tmp_path) == [tmp_path / "sweep.png"]
    rate, hidden = figures[0].axes
    assert (rate.get_xlabel(), hidden.get_xlabel()) == ("optimizer.lr", "network.hidden")
    assert rate.get_ylabel() == "best validation loss"
    assert (rate.get_xscale(), hidden.get_xscale()) == ("log", "linear")
    assert [tick.get_text() for tick in rate.get_xticklabels()] == ["0.001", "0.01", "0.1"]
    assert [tick.get_text() for tick in hidden.get_xticklabels()] == ["[8]", "[8,8]"]
    assert rate.get_ylim() == hidden.get_ylim()
    assert figures[0].texts[0].get_text() == "Best validation loss 0.32 with optimizer.lr=0.001, network.hidden=[8]"


def test_members_are_points_and_repeats_have_their_mean(figures, tmp_path):
    draw_sweep(content(*GRID), "sweep iris", tmp_path)
    points, means, best = figures[0].axes[0].lines
    assert len(points.get_xdata()) == 12
    assert means.get_xdata().tolist() == [0.001, 0.01, 0.1]
    assert means.get_ydata()[0] == pytest.approx(0.01 + 0.4 + 0.015)
    assert (best.get_xdata()[0], best.get_ydata()[0]) == (0.001, pytest.approx(0.32))


def test_a_sweep_over_seeds_alone_shows_their_mean(figures, tmp_path):
    draw_sweep(content(("seed=1", 0.5), ("seed=2", 0.7), ("seed=3", 0.6)), "sweep", tmp_path)
    (panel,) = figures[0].axes
    assert panel.get_xlabel() == "seed"
    assert panel.get_xscale() == "linear"
    assert list(panel.lines[1].get_ydata()) == pytest.approx([0.6, 0.6])


def test_what_did_not_finish_is_left_out_and_counted(figures, tmp_path):
    draw_sweep(content(*GRID, ("optimizer.lr=9 network.hidden=[8]", None)), "sweep iris", tmp_path)
    assert figures[0].texts[1].get_text() == "sweep iris · 12 members, 1 that did not finish left out"
    assert figures[0].axes[0].get_xlim()[1] < 1


def test_values_that_differ_much_are_on_a_logarithmic_scale(figures, tmp_path):
    draw_sweep(content(("optimizer=adam", 0.01), ("optimizer=sgd", 5.0)), "sweep", tmp_path)
    assert figures[0].axes[0].get_yscale() == "log"


def test_many_long_words_are_turned_and_have_room(figures, tmp_path):
    words = [(f"network.hidden=[{number},128,128,128,128]", number) for number in range(1, 7)]
    draw_sweep(content(*words, best="0"), "sweep", tmp_path)
    label = figures[0].axes[0].get_xticklabels()[0]
    assert label.get_rotation() == 20
    assert label.get_window_extent().y0 > 0


@pytest.mark.parametrize("count", range(1, 6))
def test_rows_of_panels_hold_all_parameters(figures, tmp_path, count):
    members = [(" ".join(f"p{n}={value}" for n in range(count)), 0.5 + value) for value in (1, 2)]
    draw_sweep(content(*members), "sweep", tmp_path)
    shown = [axes.get_xlabel() for axes in figures[0].axes if axes.get_visible()]
    assert shown == [f"p{n}" for n in range(count)]


@pytest.mark.parametrize(
    "members", [[], [("seed=1", 0.5)], [("seed=1", 0.5), ("seed=2", None)], [("a=1", 1), ("a=1", 2)]]
)
def test_where_there_is_nothing_to_compare_nothing_is_drawn(figures, tmp_path, members):
    assert draw_sweep(content(*members), "sweep", tmp_path) == []


def test_numbers_and_words_are_told_apart():
    assert Varied("a", ["1", "2e-3"]).numbers == [1.0, 0.002]
    assert Varied("a", ["1", "null"]).numbers is None
    assert Varied("a", ["nan", "1"]).numbers is None
    assert Varied("a", ["x", "", "x"]).labels == ["x", "(as set)"]
    assert Varied("a", ["x", "", "x"]).places == [0, 1, 0]


def test_seeds_and_folds_are_repeats_where_something_else_differs():
    assert varied_names([{"seed": "1", "lr": "1"}, {"seed": "2", "lr": "2"}]) == ["lr"]
    assert varied_names([{"seed": "1", "dataset.fold": "0"}, {"seed": "2", "dataset.fold": "1"}]) == [
        "seed", "dataset.fold",
    ]  # fmt: skip


def test_the_folder_of_a_sweep_is_drawn_as_one(tmp_path):
    journal = Journal.create(tmp_path / "s", kind="sweep", experiment="e", name="iris-sweep", sync=False)
    assert draw(tmp_path / "s") == []
    (tmp_path / "s" / "sweep.json").write_text(json.dumps(content(*GRID)))
    journal.end("FINISHED")
    plot, page = draw(tmp_path / "s")
    before = plot.read_bytes()
    assert before.startswith(b"\x89PNG")
    assert draw(tmp_path / "s") == [plot, page]
    assert plot.read_bytes() == before
