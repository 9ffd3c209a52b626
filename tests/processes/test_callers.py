"""The core among processes and threads: fork, several callers at once, systems that give little."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import dlcore

from .nets import data, fitted, network, run


def fork_and_fit(expected: bytes) -> bool:
    """Whether a forked child, after the parent used its threads, trains to the same bits within ten seconds."""
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        os._exit(0 if fitted() == expected else 1)
    return os.waitpid(child, 0)[1] == 0


# Python itself warns that forking a process with threads may deadlock: that it does not is what is tested.
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_fork_after_use():
    dlcore.set_num_threads(3)
    expected = fitted()
    assert all(fork_and_fit(expected) for _ in range(20))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_fork_after_use_a_thousand_times():
    dlcore.set_num_threads(3)
    expected = fitted()
    assert all(fork_and_fit(expected) for _ in range(1000))


def test_several_python_threads_at_once():
    dlcore.set_num_threads(3)
    expected = fitted()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: fitted(), range(16))) == {expected}


def test_several_python_threads_on_one_model():
    net = network(64, 256, 8)
    x, _ = data(700, 64, 8)
    expected = net.predict(x)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: net.predict(x), range(40)):
            np.testing.assert_array_equal(found, expected)


def fitted_by(threads: int) -> tuple[int, bytes]:
    """What so many threads come to, and how many more run then than before."""
    before = len(os.listdir("/proc/self/task"))
    dlcore.set_num_threads(threads)
    found = fitted()
    return len(os.listdir("/proc/self/task")) - before, found


def test_worker_processes():
    """Workers are told to use one thread each; a pool that one starts all the same works as anywhere."""
    joblib = pytest.importorskip("joblib")
    expected = fitted()
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(fitted)() for _ in range(4))
    assert results == [expected] * 4
    with joblib.parallel_config(backend="loky", n_jobs=2):
        counts, results = zip(*joblib.Parallel()(joblib.delayed(fitted_by)(3) for _ in range(4)), strict=True)
    assert results == (expected,) * 4
    assert max(counts) == 2


def test_a_system_that_gives_fewer_threads_than_asked_for():
    code = """
import resource, numpy as np, dlcore
x, w = np.ones((4000, 300), np.float32), np.ones((300, 300), np.float32)
expected = dlcore.ops.dense(x, w)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20), -1))
dlcore.set_num_threads(400)
found = dlcore.ops.dense(x, w)
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
print(np.array_equal(found, expected))
"""
    assert run(code, DLCORE_NUM_THREADS="1") == ["True"]


def test_small_stacks():
    before = threading.stack_size(256 << 10)
    try:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(fitted).result() == fitted()
    finally:
        threading.stack_size(before)
