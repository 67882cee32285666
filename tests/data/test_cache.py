import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from trainyard.data.cache import Cache, Cleaned, clean, limit_bytes
from trainyard.errors import ConfigError

A, B, C = "a" * 32, "b" * 32, "c" * 32


@pytest.fixture
def cache(tmp_path):
    return Cache.of(tmp_path)


def fill(cache, key, size=1000, used=None):
    """An entry of `size` bytes, last used `used` seconds after 1970."""
    with cache.locked(key):
        made = cache.begin(key) / "entry"
        made.mkdir()
        (made / "x.npy").write_bytes(b"x" * (size - 2))
        (made / "meta.json").write_text("{}")
        cache.adopt(made, key)
        cache.sweep(key)
    if used is not None:
        os.utime(cache.entry(key) / "meta.json", (used, used))


def present(cache):
    return {path.name for path in cache.folder.iterdir()} - {"locks"}


def elsewhere(cache, key, script):
    """Another process that takes the lock of a key, says so and goes on with the script."""
    code = (f"import sys, time; from pathlib import Path; from trainyard.data.cache import Cache\n"
            f"cache = Cache(Path({str(cache.folder)!r}))\n"
            f"with cache.locked({key!r}):\n    {script}\n")  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    return process


def test_lies_under_the_project_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Cache.of(tmp_path.__class__("project")).folder == tmp_path / "project" / ".trainyard" / "cache"


def test_adopt_takes_the_place_of_an_old_entry(cache):
    fill(cache, A, 1000)
    fill(cache, A, 3000)
    assert (cache.entry(A) / "x.npy").stat().st_size == 2998
    assert present(cache) == {A}


def test_what_a_killed_process_left_is_swept_by_the_next(cache):
    process = elsewhere(cache, A, f"made = cache.begin({A!r}); (made / 'x.npy').write_text('half')\n"
                                  "    print('held', flush=True); time.sleep(60)")  # fmt: skip
    assert len(present(cache)) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    fill(cache, A)
    assert present(cache) == {A}


def test_a_lock_excludes_processes_and_threads(cache):
    with elsewhere(cache, A, "print('held', flush=True); time.sleep(0.5)") as process:
        with cache.locked(A, wait=False) as held:
            assert not held
        with cache.locked(A, shared=True, wait=False) as held:
            assert not held
        with cache.locked(B, wait=False) as held:
            assert held
        with cache.locked(A) as held:
            assert held
            assert process.wait(5) == 0
            seen = []
            thread = threading.Thread(target=lambda: seen.append(cache.locked(A, wait=False).__enter__()))
            thread.start()
            thread.join()
            assert seen == [False]


def test_shared_locks_go_together(cache):
    with cache.locked(A, shared=True), cache.locked(A, shared=True, wait=False) as held:
        assert held
        with cache.locked(A, wait=False) as alone:
            assert not alone


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_anew(cache):
    """Else one process would hold the removed file's lock and another the new file's, both sure to be alone."""
    with cache.locked(A):
        waiting = threading.Thread(target=lambda: fill(cache, A))
        waiting.start()
        time.sleep(0.2)  # it waits for the file that goes away now
        (cache.folder / "locks" / A).unlink()
    waiting.join(5)
    assert present(cache) == {A}
    assert (cache.folder / "locks" / A).exists()


def test_shrink_removes_the_least_recently_used_first(cache):
    for key, used in ((A, 300), (B, 100), (C, 200)):
        fill(cache, key, 1000, used)
    assert cache.shrink(3000) == Cleaned(0, 0, 3, 3000)
    assert cache.shrink(2500) == Cleaned(1, 1000, 2, 2000)
    assert present(cache) == {A, C}
    assert not (cache.folder / "locks" / B).exists()
    cache.touch(C)
    assert cache.shrink(1000) == Cleaned(1, 1000, 1, 1000)
    assert present(cache) == {C}


def test_shrink_leaves_the_kept_and_the_locked(cache):
    for key, used in ((A, 100), (B, 200), (C, 300)):
        fill(cache, key, 1000, used)
    with elsewhere(cache, A, "print('held', flush=True); time.sleep(60)") as process:
        assert cache.shrink(1000, keep=B) == Cleaned(1, 1000, 2, 2000)
        assert present(cache) == {A, B}
        process.kill()


def test_clean_removes_entries_leftovers_and_digests(cache, tmp_path):
    fill(cache, A, 1000)
    (cache.folder / f"{B}.123.new").mkdir()
    (cache.folder / f"{B}.123.new" / "x.npy").write_bytes(b"x" * 50)
    (tmp_path / ".trainyard" / "digests").mkdir()
    assert clean(tmp_path) == Cleaned(1, 1050, 0, 0)
    assert present(cache) == set()
    assert not (tmp_path / ".trainyard" / "digests").exists()
    assert clean(tmp_path) == Cleaned(0, 0, 0, 0)


def test_clean_to_a_limit_keeps_digests(cache, tmp_path):
    fill(cache, A, 1000)
    (tmp_path / ".trainyard" / "digests").mkdir()
    assert clean(tmp_path, limit=1000) == Cleaned(0, 0, 1, 1000)
    assert (tmp_path / ".trainyard" / "digests").exists()


def test_clean_without_a_cache(tmp_path):
    assert clean(tmp_path) == Cleaned(0, 0, 0, 0)
    assert list(tmp_path.iterdir()) == []


def test_touching_an_entry_that_is_gone_is_no_error(cache):
    cache.touch(A)


@pytest.mark.parametrize(("text", "size"), [(None, 10 * 2**30), ("0.5", 2**29), ("0", 0), ("inf", 2**63)])
def test_the_limit_comes_from_the_environment(monkeypatch, text, size):
    monkeypatch.delenv("TRAINYARD_CACHE_GIB", raising=False)
    if text:
        monkeypatch.setenv("TRAINYARD_CACHE_GIB", text)
    assert limit_bytes() == size


@pytest.mark.parametrize("text", ["many", "-1", "nan", ""])
def test_a_limit_that_is_no_size(monkeypatch, text):
    monkeypatch.setenv("TRAINYARD_CACHE_GIB", text)
    with pytest.raises(ConfigError) as caught:
        limit_bytes()
    assert caught.value.faults == (
        f"TRAINYARD_CACHE_GIB={text} is not a number of GiB. Set it to one such as 20.",
    )
