from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from trainyard.reports.classification import confusion, draw_confusion


def rows(classes, count=500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, classes, count), rng.dirichlet(np.ones(classes), count)


def test_the_matrix_is_scikit_learns():
    target, probability = rows(4)
    predicted = probability.argmax(1)
    assert (confusion(target, predicted, 4) == confusion_matrix(target, predicted, labels=range(4))).all()


def test_cells_tell_counts_and_shares_of_the_true_class(figures, tmp_path):
    probability = np.eye(3)[[0, 1, 1, 2]]
    draw_confusion(np.array([0, 1, 2, 2]), probability, ["a", "b", "c"], "kind", "a run", tmp_path / "m.png")
    axes = figures[0].axes[0]
    found = {(int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in axes.texts}
    assert found == {(0, 0): "1\n100%", (1, 1): "1\n100%", (2, 1): "1\n50%", (2, 2): "1\n50%"}
    assert [text.get_text() for text in figures[0].texts] == ["Confusion matrix: 4 test rows, 75.0% right", "a run"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted kind", "true kind")
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]


@pytest.mark.parametrize(("classes", "shown"), [(10, "%"), (25, "1"), (26, "")])
def test_the_more_classes_the_less_a_cell_tells(figures, tmp_path, classes, shown):
    draw_confusion(*rows(classes), list(range(classes)), "kind", "a run", tmp_path / "m.png")
    texts = [text.get_text() for text in figures[0].axes[0].texts]
    assert bool(texts) == bool(shown)
    assert any(shown in text for text in texts) or not shown


def test_of_many_classes_every_label_that_is_shown_can_be_read(figures, tmp_path):
    draw_confusion(*rows(300, 2000), list(range(300)), "kind", "a run", tmp_path / "m.png")
    axes = figures[0].axes[0]
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(boxes) > 30
    assert all(above.y0 >= below.y1 - 1 for above, below in pairwise(boxes))
