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
