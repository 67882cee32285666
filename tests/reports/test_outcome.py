"""What a person reads of a model besides its metrics."""

import pytest

from trainyard.reports.outcome import outcome_lines


def classes(count):
    return [{"label": f"c{n}", "precision": 0.5, "recall": 0.25, "f1": 1 / 3, "support": 12345.0} for n in range(count)]


def test_up_to_twelve_classes_are_a_table():
    lines = outcome_lines({}, classes(12), ())
    assert lines[0] == "  class  precision  recall      F1  test rows"
    assert lines[1] == "  c0        0.5000  0.2500  0.3333     12,345"
    assert len(lines) == 14
    assert outcome_lines({}, classes(13), ()) == outcome_lines({}, [], ()) == []


def test_a_calibration_says_what_it_was_worth():
    metrics = {"calibration/temperature": 1.5, "test/log_loss": 0.2, "test/ece": 0.01, "uncalibrated/log_loss": 0.25,
               "uncalibrated/ece": 0.05}  # fmt: skip
    assert " ".join(" ".join(outcome_lines(metrics, [], ())).split()) == (
        "calibrated temperature 1.5000, fitted on the validation part; test log_loss 0.2500 to 0.2000, ece 0.0500 to "
        "0.0100"
    )


def test_a_calibration_with_nothing_to_fit_says_so():
    metrics = {"calibration/temperature": 1.0, "test/log_loss": 0.2, "uncalibrated/log_loss": 0.2}
    assert outcome_lines(metrics, [], ())[0].startswith("calibrated not at all: every validation row is right")


def test_an_interval_says_how_much_it_covers():
    metrics = {"test/coverage": 0.883, "test/interval_width": 12.5}
    assert " ".join(" ".join(outcome_lines(metrics, [], (0.05, 0.5, 0.95))).split()) == (
        "interval 88.3% of the test rows lie between the quantiles 0.05 and 0.95, where 90.0% should; it is 12.500 "
        "wide in the mean"
    )
    assert outcome_lines({}, [], (0.05, 0.5, 0.95)) == []


@pytest.mark.parametrize(("count", "words"), [(1.0, "1 test value of 0"), (1200.0, "1,200 test values of 0")])
def test_what_mape_leaves_out_is_told(count, words):
    assert outcome_lines({"test/mape_left_out": count}, [], ()) == [f"note       mape leaves out {words}"]
