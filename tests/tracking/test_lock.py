"""The lock that tells whether a run is alive."""

import os
import signal
import subprocess
import sys

from tests.tracking.runs import create, writer
from trainyard.tracking.lock import FileLock, is_locked
from trainyard.tracking.reading import alive, status


def test_asking_in_the_same_process_does_not_lose_the_lock(tmp_path):
    journal = create(tmp_path)
    assert alive(tmp_path)  # opening and closing the lock file here would let the lock go
    code = "import sys, pathlib; from trainyard.tracking.journal import alive; print(alive(pathlib.Path(sys.argv[1])))"
    other = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert other.stdout == "True\n"
    journal.end("FINISHED")
    assert not alive(tmp_path)


def test_a_forked_worker_does_not_outlive_its_owner_as_the_writer(tmp_path):
    then = "import os\nif os.fork() == 0:\n    print('child', os.getpid(), flush=True)\ntime.sleep(60)"
    process = writer(tmp_path, then)
    child = int(process.stdout.readline().split()[1])
    try:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.kill(child, 0)  # the child lives on, with every descriptor of its parent
        assert not alive(tmp_path)
        assert status(tmp_path) == "KILLED"
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()


def test_lock_is_for_one_object_and_comes_free(tmp_path):
    first, second = FileLock(tmp_path / "a" / "lock"), FileLock(tmp_path / "a" / "lock")
    assert first.acquire()
    assert first.held
    assert not second.acquire(0.05)
    assert is_locked(first.path)
    first.release()
    assert not is_locked(first.path)
    assert second.acquire()
    second.release()
    assert is_locked(tmp_path / "nothing") is False
