import pytest

from trainyard.reports.per_class import MOST_CLASSES, draw_per_class


def row(label, f1, support=5):
    return {"label": label, "precision": f1, "recall": f1, "f1": f1, "support": support}


def drawn(figures, rows, path):
    draw_per_class(rows, "kind", "a run", path / "p.png")
    axes = figures[0].axes[0]
    return figures[0].texts[0].get_text(), [label.get_text() for label in axes.get_yticklabels()], axes


def test_classes_stand_in_their_order_with_their_rows(figures, tmp_path):
    title, labels, axes = drawn(figures, [row("b", 0.5), row("a", 1.0, 1), row("gone", 0.0, 0)], tmp_path)
    assert title == "Classes of kind: macro F1 0.750"
    assert labels == ["b", "a", "gone"]
    assert [text.get_text() for text in axes.texts] == ["5 rows", "1 row", "no test rows"]


def test_of_many_classes_the_lowest_are_drawn_and_those_without_rows_last(figures, tmp_path):
    rows = [row("absent", 0.0, 0), *(row(f"c{number:03}", 1 - number / 1000) for number in range(999))]
    title, labels, _ = drawn(figures, rows, tmp_path)
    assert title.endswith(f"the {MOST_CLASSES} lowest of 1,000")
    assert labels[:2] == ["c998", "c997"]
    assert "absent" not in labels


@pytest.mark.parametrize("label", ["a class of a very long name that nobody wants to read whole", "x"])
def test_names_stay_on_the_picture(figures, tmp_path, label):
    _, _, axes = drawn(figures, [row(label, 0.5)], tmp_path)
    assert axes.get_yticklabels()[0].get_window_extent().x0 > 0
