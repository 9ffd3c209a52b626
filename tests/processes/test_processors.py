"""How many processors a process may use by its cgroup's quota, and sharing them with NumPy's threads."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .nets import run

PROCESSORS = len(os.sched_getaffinity(0))
COUNT = "import dlcore._core as core; print(core.get_num_threads())"
CGROUPS = Path("/sys/fs/cgroup")
UNSET = {"DLCORE_NUM_THREADS": "", "OMP_NUM_THREADS": ""}

#: Files in place of the system's own, seen by one process and its children alone; then the command is run.
PRETEND = """
set -e
mount -t tmpfs none /sys/fs/cgroup
{files}
printf '{cgroup}\\n' > /sys/fs/cgroup/of_this_process
mount --bind /sys/fs/cgroup/of_this_process /proc/$$/cgroup
exec "$@"
"""


def threads_by_default(cgroup: str, files: dict[str, str]) -> int:
    """The default number of threads of a process in that cgroup, where the files hold the quotas."""
    unshare = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        unshare.append("--map-root-user")
    if not shutil.which("unshare") or subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", "/mnt"]).returncode:
        pytest.skip("needs the right to mount file systems")
    lines = [
        f"mkdir -p $(dirname /sys/fs/cgroup/{name}); echo {text} > /sys/fs/cgroup/{name}"
        for name, text in files.items()
    ]
    script = PRETEND.format(files="\n".join(lines), cgroup=cgroup)
    return int(run(COUNT, *unshare, "sh", "-c", script, "sh", **UNSET)[0])


@pytest.mark.parametrize("quota", [0.5, 1, 1.5, 2, None])
def test_quota_of_cgroups_version_2(quota):
    """Of the process's own cgroup, of one above it, and of what a container sees as the root; a share counts whole."""
    expected = PROCESSORS if quota is None else min(PROCESSORS, math.ceil(quota))
    text = "max 100000" if quota is None else f"{int(quota * 50_000)} 50000"
    for cgroup, file in (("/a/b", "a/b"), ("/a/b", "a"), ("/", ".")):
        assert threads_by_default(f"0::{cgroup}", {f"{file}/cpu.max": text}) == expected


@pytest.mark.parametrize("quota", [0.5, 1, 1.5, None])
def test_quota_of_cgroups_version_1(quota):
    expected = PROCESSORS if quota is None else min(PROCESSORS, math.ceil(quota))
    microseconds = -1 if quota is None else int(quota * 100_000)
    for file in ("cpu/a/b", "cpu/a", "cpu"):
        files = {f"{file}/cpu.cfs_quota_us": str(microseconds), f"{file}/cpu.cfs_period_us": "100000"}
        assert threads_by_default("4:cpu,cpuacct:/a/b", files) == expected


def test_the_smallest_quota_counts():
    files = {"a/cpu.max": "10000 100000", "a/b/cpu.max": "900000 100000"}
    assert threads_by_default("0::/a/b", files) == 1


@pytest.mark.parametrize("text", ["", "max", "none at all", "100000 0"])
def test_a_quota_file_that_makes_no_sense_is_no_quota(text):
    assert threads_by_default("0::/a", {"a/cpu.max": f"'{text}'"}) == PROCESSORS


def parents_of_a_cgroup() -> Iterator[Path]:
    """Where a new cgroup may get a quota: this process's own, then those above it."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        root = CGROUPS / "cpu" if controllers else CGROUPS  # version 1 names controllers, version 2 none
        own = root / path.lstrip("/")
        for folder in (own, *own.parents):
            handed_on = folder / "cgroup.subtree_control"  # of version 2: a quota, unless the folder has processes
            controlled = bool(controllers) or (handed_on.is_file() and "cpu" in handed_on.read_text().split())
            if folder.is_relative_to(root) and folder.is_dir() and controlled:
                yield folder


@contextmanager
def cgroup_with(quota: float) -> Iterator[Path]:
    """A cgroup of so many processors; what runs there must have ended before it goes."""
    parent = next(parents_of_a_cgroup(), None)
    if parent is None:
        pytest.skip("there is no cgroup that hands a quota of processors on")
    folder = parent / f"dlcore-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"cannot make a cgroup: {error}")
    microseconds = int(quota * 100_000)
    version_2 = f"echo {microseconds} 100000 > cpu.max"
    version_1 = f"echo 100000 > cpu.cfs_period_us && echo {microseconds} > cpu.cfs_quota_us"
    setting = version_2 if (folder / "cpu.max").exists() else version_1
    try:
        enter = ["sh", "-c", f"{setting} && echo $$ > cgroup.procs"]
        tried = subprocess.run(enter, cwd=folder, capture_output=True, text=True, check=False)
        if tried.returncode:
            pytest.skip(f"cannot give a process a quota: {tried.stderr.strip()}")
        yield folder
    finally:
        folder.rmdir()


@pytest.mark.parametrize("quota", [0.5, 1, PROCESSORS])
def test_a_quota_that_the_system_keeps(quota):
    """No file is pretended: a process in a cgroup of its own uses no more threads than its share, and trains."""
    code = """
import hashlib, os, dlcore
from processes.nets import fitted
print(dlcore.get_num_threads())
before = len(os.listdir("/proc/self/task"))
print(hashlib.sha256(fitted()).hexdigest())
print(len(os.listdir("/proc/self/task")) - before + 1)
"""
    free = run(code, **UNSET)
    if PROCESSORS == 1 or free[0] != str(PROCESSORS):
        pytest.skip("needs two processors or more, and no quota on them already")
    with cgroup_with(quota) as folder:
        found = run(code, "sh", "-c", f'echo $$ > {folder}/cgroup.procs && exec "$@"', "sh", **UNSET)
    threads = str(math.ceil(quota))
    assert free[2] == free[0]
    assert found == [threads, free[1], threads]


@pytest.mark.parametrize("processors", [1, PROCESSORS], ids=["one", "all"])
def test_alternating_with_numpys_threads(processors):
    """Two pools on the same processors, even if on a single one: neither hangs, and both are right."""
    code = f"""
import os
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{processors}])
import numpy as np, dlcore
dlcore.set_num_threads(4)
rng = np.random.default_rng(0)
a, b = (rng.standard_normal((300, 300)).astype(np.float32) for _ in range(2))
first = a @ b, dlcore.ops.dense(a, b)
np.testing.assert_allclose(*first, atol=1e-3)
for _ in range(300):
    assert np.array_equal(a @ b, first[0])
    assert np.array_equal(dlcore.ops.dense(a, b), first[1])
print("done")
"""
    assert run(code, OPENBLAS_NUM_THREADS="4", timeout=60) == ["done"]
