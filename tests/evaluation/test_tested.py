from trainyard.evaluation import tested
from trainyard.evaluation.tested import open_tested


def test_the_model_comes_with_its_test_rows_and_the_raw_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(tested, "open_subject", lambda folder, trust: ("subject", folder, trust))
    monkeypatch.setattr(tested, "own_rows", lambda subject, config, root, part: (config, root, part))
    monkeypatch.setattr(tested, "lazily", lambda config, root: lambda: "source")
    found = open_tested(tmp_path / "run", "config", tmp_path, ("mine",))
    assert found.subject == ("subject", tmp_path / "run", ("mine",))
    assert found.evaluated == ("config", tmp_path, "test")
    assert found.source() == "source"


def test_rows_of_a_file_stand_in_for_those_that_tested_it(tmp_path, monkeypatch):
    monkeypatch.setattr(tested, "open_subject", lambda folder, trust: "subject")
    monkeypatch.setattr(tested, "file_source", lambda subject, file: (subject, file))
    monkeypatch.setattr(tested, "raw_rows", lambda subject, source: ["rows", *source])
    found = open_tested(tmp_path / "run", "config", tmp_path, (), tmp_path / "rows.csv")
    assert found.evaluated == ["rows", "subject", tmp_path / "rows.csv"]
    assert found.source() == ("subject", tmp_path / "rows.csv")
