"""A process is told from every other one."""

from trainyard.tracking.process import Process


def test_process_is_more_than_its_pid():
    own = Process.own()
    assert own.runs_here() is True
    assert Process(own.pid, "1", own.host, own.boot).runs_here() is False
    assert Process(own.pid, own.started, own.host, "other boot").runs_here() is False
    assert Process(own.pid, own.started, "elsewhere", own.boot).runs_here() is None
