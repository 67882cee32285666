import numpy as np
import pytest

from trainyard.reports.intervals import MOST_ROWS, draw_intervals

LEVEL = np.array([0.05, 0.5, 0.95])


def values(rows, targets=1):
    target = np.random.default_rng(0).normal(size=(rows, targets))
    return target, np.broadcast_to([-1.0, 0.0, 1.0], (rows, targets, 3)), LEVEL


def test_observed_stands_against_nominal(figures, tmp_path):
    target, quantile, level = values(40)
    draw_intervals(target, quantile, level, ["length"], "a run", tmp_path / "i.png")
    coverage, intervals = figures[0].axes
    observed = [(target <= bound).mean() for bound in (-1, 0, 1)]
    assert [text.get_text() for text in coverage.texts] == [f"{share:.1%}" for share in observed]
    inside = (np.abs(target) <= 1).mean()
    assert figures[0].texts[0].get_text() == f"Intervals: {inside:.1%} of 40 test rows inside, 90.0% expected"
    points = {line.get_label(): len(line.get_xdata()) for line in intervals.lines}
    assert points["inside"] + points["outside"] == 40
    assert points["outside"] == round((1 - inside) * 40)


def test_each_target_has_a_row_and_of_many_rows_some_are_drawn(figures, tmp_path):
    draw_intervals(*values(1000, 2), ["a", "b"], "a run", tmp_path / "i.png")
    assert [axes.get_ylabel() for axes in figures[0].axes] == ["observed, a", "a", "observed, b", "b"]
    assert f"{MOST_ROWS} of 1,000 rows as intervals" in figures[0].texts[1].get_text()


@pytest.mark.parametrize("rows", [1, 2])
def test_few_rows_are_drawn(figures, tmp_path, rows):
    draw_intervals(*values(rows), ["length"], "a run", tmp_path / "i.png")
    assert f"of {rows} test row{'s' if rows > 1 else ''} inside" in figures[0].texts[0].get_text()
