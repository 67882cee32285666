import os

import pytest

from trainyard.training import limits
from trainyard.training.limits import free_memory, processor_limit

MIB = 2**20


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Return a function that writes what the system tells, by path; nothing else is there."""
    monkeypatch.setattr(limits, "PROC", tmp_path / "proc")
    monkeypatch.setattr(limits, "GROUPS", tmp_path / "sys")

    def tell(files):
        for path, text in {"proc/meminfo": f"MemFree: 10 kB\nMemAvailable: {4096 * 1024} kB\n", **files}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)

    return tell


def test_without_limits_it_is_what_the_machine_has(system):
    system({"proc/self/cgroup": "0::/user\n", "sys/user/memory.max": "max\n", "sys/user/memory.current": "5\n",
            "sys/user/cpu.max": "max 100000\n"})  # fmt: skip
    assert free_memory() == 4096 * MIB
    assert processor_limit() == float("inf")


def test_a_group_of_version_2_and_those_around_it_limit_it(system):
    system({
        "proc/self/cgroup": "0::/pod/box\n", "sys/pod/box/memory.max": f"{800 * MIB}\n",
        "sys/pod/box/memory.current": f"{500 * MIB}\n",
        "sys/pod/box/memory.stat": f"anon 7\ninactive_file {100 * MIB}\nactive_file {50 * MIB}\n",
        "sys/pod/memory.max": f"{1000 * MIB}\n", "sys/pod/memory.current": f"{900 * MIB}\n",
        "sys/pod/box/cpu.max": "max 100000\n", "sys/pod/cpu.max": "150000 100000\n",
    })  # fmt: skip
    assert free_memory() == 100 * MIB
    assert processor_limit() == 1.5


@pytest.mark.parametrize("seen", ["box/", ""], ids=["by its path", "as that of all, in a container"])
def test_a_group_of_version_1_limits_it(system, seen):
    system({
        "proc/self/cgroup": "5:cpu,cpuacct:/box\n4:memory:/box\n1:name=systemd:/\n0::/\n",
        f"sys/memory/{seen}memory.limit_in_bytes": f"{800 * MIB}\n",
        f"sys/memory/{seen}memory.usage_in_bytes": f"{500 * MIB}\n",
        f"sys/memory/{seen}memory.stat": f"inactive_file 3\ntotal_inactive_file {MIB}\ntotal_active_file {MIB}\n",
        f"sys/cpu,cpuacct/{seen}cpu.cfs_quota_us": "200000\n", f"sys/cpu,cpuacct/{seen}cpu.cfs_period_us": "100000\n",
    })  # fmt: skip
    assert free_memory() == 302 * MIB
    assert processor_limit() == 2


def test_version_1_writes_no_limit_as_a_huge_number_or_less_than_none(system):
    system({
        "proc/self/cgroup": "4:memory:/\n3:cpu:/\n", "sys/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/memory/memory.usage_in_bytes": "1\n", "sys/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/cpu/cpu.cfs_period_us": "100000\n",
    })  # fmt: skip
    assert free_memory() == 4096 * MIB
    assert processor_limit() == float("inf")


def test_a_group_that_is_full_has_nothing_left(system):
    system({"proc/self/cgroup": "0::/\n", "sys/memory.max": "100\n", "sys/memory.current": "150\n"})
    assert free_memory() == 0


def test_a_system_that_tells_nothing_has_its_whole_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "PROC", tmp_path)
    assert free_memory() == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert processor_limit() == float("inf")


def test_here_there_is_memory():
    assert free_memory() > MIB
