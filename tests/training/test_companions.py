from trainyard.config.schema.run import Tracking
from trainyard.training import companions
from trainyard.training.companions import Companions


class FakeMirror:
    problem = "a sentence"

    def __init__(self):
        self.cancelled, self.waited = False, None

    def cancel(self):
        self.cancelled = True

    def drain(self, seconds):
        self.waited = seconds
        return False


def test_without_tracking_there_is_no_mirror_and_nothing_to_wait_for(tmp_path):
    beside = Companions.start(tmp_path / "run", Tracking(name="off"), tmp_path)
    assert beside.mirror is None
    assert beside.drain()
    assert beside.problem is None
    assert beside.drawn() == []
    beside.close(began=False)


def test_the_mirror_is_waited_for_as_long_as_was_chosen():
    mirror = FakeMirror()
    beside = Companions(mirror, 3.0)
    assert not beside.drain()
    assert mirror.waited == 3.0
    assert beside.problem == "a sentence"


def test_a_run_that_did_not_begin_cancels_its_mirror():
    for began in (True, False):
        mirror = FakeMirror()
        Companions(mirror, 0).close(began=began)
        assert mirror.cancelled is not began


def test_runs_that_died_are_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(companions, "reconcile", lambda root, tracking: [tmp_path / "dead"])
    Companions.start(tmp_path / "run", Tracking(name="off"), tmp_path)
    assert capsys.readouterr().out == f"{tmp_path}/dead was killed before its end; MLflow is told so now.\n"


def test_one_reporter_serves_all(monkeypatch, tmp_path):
    started = []

    class FakeReporter:
        def draw(self, folder):
            started.append(folder)

        def result(self, seconds):
            return ["plot"]

        def close(self):
            started.append("closed")

    monkeypatch.setattr(companions, "start_reporter", lambda: started.append("started") or FakeReporter())
    beside = Companions(None, 0)
    for name in ("a", "b"):
        beside.draw(tmp_path / name)
        assert beside.drawn() == ["plot"]
    beside.close()
    assert started == ["started", tmp_path / "a", tmp_path / "b", "closed"]
