from trainyard.training.cores import cores, usable_cores


def test_members_side_by_side_share_the_cores(monkeypatch):
    monkeypatch.setattr("trainyard.training.cores.usable_cores", lambda: 8)
    assert cores() == 8
    for jobs, share in (("1", 8), ("3", 2), ("8", 1), ("20", 1)):
        monkeypatch.setenv("TRAINYARD_SIDE_BY_SIDE", jobs)
        assert cores() == share


def test_there_is_a_core():
    assert usable_cores() >= 1


def test_a_part_of_the_processors_time_is_as_many_whole_cores(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(8), raising=False)
    for limit, count in ((0.5, 1), (2.9, 2), (64.0, 8), (float("inf"), 8)):
        monkeypatch.setattr("trainyard.training.cores.processor_limit", lambda limit=limit: limit)
        assert usable_cores() == count
