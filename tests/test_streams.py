"""Writing on when nobody reads."""

import errno
import io
import os
import sys
from pathlib import Path

import pytest

from trainyard.streams import Outlet, let_readers_leave


def test_what_nobody_reads_is_dropped() -> None:
    reader, writer = os.pipe()
    outlet = Outlet(io.BufferedWriter(io.FileIO(writer, "w")), line_buffering=True)
    print("one", file=outlet)
    assert os.read(reader, 10) == b"one\n"
    os.close(reader)
    for _ in range(3):
        print("two" * 10_000, file=outlet, flush=True)
    outlet.close()


def test_other_failures_are_told() -> None:
    class Full(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def close(self) -> None:
            pass

    outlet = Outlet(Full(), write_through=True)
    with pytest.raises(OSError, match="No space left"):
        outlet.write("x")


def test_the_streams_keep_their_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("stdout", "stderr"):
        file = io.TextIOWrapper((tmp_path / name).open("wb"), encoding="latin-1", errors="replace", line_buffering=True)
        monkeypatch.setattr(sys, name, file)
        monkeypatch.setattr(sys, f"__{name}__", file)
    let_readers_leave()
    print("größer \N{SNOWMAN}")
    print("told", file=sys.__stderr__)
    assert (tmp_path / "stdout").read_bytes() == "größer ?\n".encode("latin-1")
    assert (tmp_path / "stderr").read_text() == "told\n"
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, Outlet)
        stream.close()
    monkeypatch.setattr(sys, "stdout", None)
    let_readers_leave()
    assert sys.stdout is None
