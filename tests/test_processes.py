"""The core among processes, threads and signals: fork, several callers, Ctrl-C, memory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import dlcore
from dlcore.backends import use_backend

pytest.importorskip("dlcore._core")


@pytest.fixture(autouse=True)
def _native():
    threads = dlcore.get_num_threads()
    with use_backend("native"):
        yield
        dlcore.set_num_threads(threads)


def network(*sizes: int) -> dlcore.Sequential:
    dlcore.utils.set_random_seed(3)
    layers = [dlcore.layers.Input((sizes[0],))]
    layers += [dlcore.layers.Dense(units, activation="tanh") for units in sizes[1:-1]]
    net = dlcore.Sequential([*layers, dlcore.layers.Dense(sizes[-1])])
    net.compile("adam", "mse")
    return net


def data(rows: int, inputs: int, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((rows, inputs)).astype(np.float32), rng.standard_normal((rows, outputs)).astype(
        np.float32
    )


def fitted(rows: int = 600) -> bytes:
    net = network(64, 256, 8)
    net.fit(*data(rows, 64, 8), batch_size=300, epochs=1, verbose=0)
    return b"".join(w.tobytes() for w in net.get_weights())


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


def test_worker_processes():
    joblib = pytest.importorskip("joblib")
    expected = fitted()
    results = joblib.Parallel(n_jobs=2)(joblib.delayed(fitted)() for _ in range(4))
    assert results == [expected] * 4


class Interrupt(threading.Thread):
    """Ctrl-C, so many seconds from now; ``sent`` is the moment."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self.start()

    def run(self) -> None:
        time.sleep(self.seconds)
        self.sent = time.perf_counter()
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("batch_size", [32, 20_000])
@pytest.mark.parametrize(("backend", "seconds"), [("native", 0.25), ("numpy", 1.0)])  # which does not cut a step
def test_interrupt_stops_a_fit_at_once(backend, seconds, batch_size):
    with use_backend(backend):
        net = network(64, 256, 8)
        x, y = data(20_000, 64, 8)
        net.fit(x, y, batch_size=batch_size, epochs=1, verbose=0)
        interrupt = Interrupt(0.3)
        with pytest.raises(KeyboardInterrupt):
            net.fit(x, y, batch_size=batch_size, epochs=10_000, verbose=0)
        took = time.perf_counter() - interrupt.sent
        interrupt.join()
        assert took < seconds
        assert np.isfinite(net.predict(x[:50])).all()
        history = net.fit(x, y, batch_size=32, epochs=1, verbose=0)
        assert np.isfinite(history.history["loss"]).all()


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_fit_has_taken_the_steps_it_counts():
    x, y = data(2_000_000, 4, 1)
    net, again = network(4, 4, 1), network(4, 4, 1)
    interrupt = Interrupt(0.3)
    with pytest.raises(KeyboardInterrupt):
        net.fit(x, y, batch_size=1, epochs=10, shuffle=False, verbose=0)
    interrupt.join()
    steps = int(net.optimizer.iterations.numpy())
    assert 0 < steps < len(x)
    again.fit(x[:steps], y[:steps], batch_size=1, epochs=1, shuffle=False, verbose=0)
    for a, b in zip(net.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_system_that_gives_fewer_threads_than_asked_for():
    code = """
import resource, numpy as np, dlcore
x, w = np.ones((4000, 300), np.float32), np.ones((300, 300), np.float32)
expected = dlcore.ops.dense(x, w)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (256 << 20), -1))
dlcore.set_num_threads(400)
print(np.array_equal(dlcore.ops.dense(x, w), expected))
"""
    environment = {**os.environ, "DLCORE_BACKEND": "native", "DLCORE_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


def test_small_stacks():
    before = threading.stack_size(256 << 10)
    try:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(fitted).result() == fitted()
    finally:
        threading.stack_size(before)


def test_memory_limit_gives_memory_error_and_a_usable_process():
    code = """
import resource, numpy as np, dlcore
layers = dlcore.layers
net = dlcore.Sequential([layers.Input((4,)), layers.Dense(400_000, activation="relu"), layers.Dense(1)])
net.compile("sgd", "mse")
x, y = np.zeros((60000, 4), np.float32), np.zeros((60000, 1), np.float32)
net.fit(x[:64], y[:64], verbose=0)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30), -1))
try:
    net.fit(x, y, batch_size=len(x), verbose=0)
except MemoryError as error:
    print("MemoryError")
print(net.fit(x[:64], y[:64], verbose=0).history["loss"])
"""
    environment = {**os.environ, "DLCORE_BACKEND": "native", "DLCORE_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "MemoryError"
    assert done.stdout.splitlines()[1].startswith("[")


def test_memory_does_not_grow_over_many_fits():
    x, y = data(64, 16, 4)
    net = network(16, 64, 4)

    def cycle(times: int) -> None:
        for _ in range(times):
            net.fit(x, y, epochs=1, verbose=0)
            net.predict(x)
            net.evaluate(x, y, verbose=0)

    cycle(200)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    cycle(1000)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 1024, f"{grown} KiB"
