"""How many processors a process may use by its cgroup's quota, and sharing them with NumPy's threads."""

from __future__ import annotations

import math
import os
import shutil
import subprocess

import pytest

from .nets import run

PROCESSORS = len(os.sched_getaffinity(0))
COUNT = "import dlcore._core as core; print(core.get_num_threads())"
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
