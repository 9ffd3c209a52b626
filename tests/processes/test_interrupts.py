"""Ctrl-C: a fit ends at once, between two steps or within a long one, and no step is taken in part.

A prediction and an evaluation end within their one call too.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

import dlcore
from dlcore.backends import use_backend

from .nets import data, network

pytestmark = pytest.mark.usefixtures("interruptible")


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


def interrupted(net: dlcore.Sequential, x: np.ndarray, y: np.ndarray, **options) -> int:
    """The steps of a fit that Ctrl-C ended after a third of a second."""
    interrupt = Interrupt(0.3)
    with pytest.raises(KeyboardInterrupt):
        net.fit(x, y, shuffle=False, verbose=0, **options)
    interrupt.join()
    return int(net.optimizer.iterations.numpy())


def state(net: dlcore.Sequential) -> list[bytes]:
    """The bits of all weights and of what the optimizer keeps of them."""
    return [np.asarray(v).tobytes() for v in (*net.get_weights(), *net.optimizer.variables)]


@pytest.mark.parametrize("threads", [1, 5])
@pytest.mark.parametrize("batch", [1, 1300, 5000])
def test_an_interrupted_fit_has_taken_the_steps_it_counts(batch, threads):
    """A batch of more than 512 rows goes in windows; Ctrl-C, looked for between them, comes upon sums half made."""
    dlcore.set_num_threads(threads)
    steps_an_epoch = 20_000 if batch == 1 else 10
    x, y = data(steps_an_epoch * batch, 40, 8)
    net, again = network(40, 100, 8), network(40, 100, 8)
    steps = interrupted(net, x, y, batch_size=batch, epochs=100_000)
    assert steps > 0
    epochs, rest = divmod(steps, steps_an_epoch)
    for rows, times in ((len(x), epochs), (rest * batch, 1)):
        if rows and times:
            again.fit(x[:rows], y[:rows], batch_size=batch, epochs=times, shuffle=False, verbose=0)
    assert state(net) == state(again)


def test_a_step_that_is_interrupted_is_not_taken():
    """Of one batch, a step of seconds in hundreds of windows; what was summed does not get into the next step."""
    dlcore.set_num_threads(2)
    x, y = data(200_000, 8, 1)
    net, again = network(8, 700, 700, 1), network(8, 700, 700, 1)
    for model in (net, again):
        model.fit(x[:600], y[:600], batch_size=600, verbose=0)
    assert interrupted(net, x, y, batch_size=len(x)) == 1
    assert state(net) == state(again)
    for model in (net, again):
        model.fit(x[:3000], y[:3000], batch_size=3000, verbose=0)
    assert state(net) == state(again)


class ThirdSignal:
    """SIGINT ten times a second, of which only the third is Ctrl-C: who looks but at the end sees one and no more."""

    def __enter__(self) -> None:
        self.seen, self.ended = 0, threading.Event()
        self.before = signal.signal(signal.SIGINT, self.handle)
        self.thread = threading.Thread(target=self.press)
        self.thread.start()

    def handle(self, number: int, frame: object) -> None:
        self.seen += 1
        if self.seen == 3:
            self.ended.set()
            signal.default_int_handler(number, frame)

    def press(self) -> None:
        while not self.ended.wait(0.1):
            os.kill(os.getpid(), signal.SIGINT)

    def __exit__(self, *exception: object) -> None:
        self.ended.set()
        self.thread.join()
        signal.signal(signal.SIGINT, self.before)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("method", ["predict", "predictor", "evaluate"])
def test_interrupt_within_a_call_of_seconds(method, threads):
    """One call into the core, of work for several seconds on any processor; the model is afterwards as it was."""
    dlcore.set_num_threads(threads)
    net, again = network(8, 700, 700, 4), network(8, 700, 700, 4)
    few = data(1000, 8, 4)
    x, y = (np.tile(a, (2000, 1)) for a in few)
    for model in (net, again):
        model.fit(*few, verbose=0)
    calls = {"predict": net.predict, "predictor": net.predictor(), "evaluate": lambda x: net.evaluate(x, y, verbose=0)}
    with ThirdSignal(), pytest.raises(KeyboardInterrupt):
        calls[method](x)
    predict = net.predictor()
    for found in (net.predict(few[0]), predict(few[0]), calls["predictor"](few[0])):
        np.testing.assert_array_equal(found, again.predict(few[0]))
    assert net.evaluate(*few, verbose=0) == again.evaluate(*few, verbose=0)
    for model in (net, again):
        model.fit(*few, verbose=0)
    assert state(net) == state(again)


# Where a generator is closed nothing can be raised: Python says so and goes on.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_between_epochs_is_counted_right():
    """Python raises it where a function is entered: at each in turn, epochs of three steps end whole and counted."""
    x, y = data(24, 16, 4)

    def fitted(epochs: int) -> dlcore.Sequential:
        net = network(16, 64, 4)
        for times in (1, epochs):
            net.fit(x, y, batch_size=8, epochs=times, shuffle=False, verbose=0)
        return net

    def reached(net: dlcore.Sequential, at: int) -> bool:
        """Whether a fit of three epochs enters so many functions; it is interrupted at the last of them."""
        entered = 0

        def trace(frame, event, argument):
            nonlocal entered
            entered += 1
            if entered == at:
                raise KeyboardInterrupt

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            net.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0)
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return entered >= at

    known, seen, at = {3 + 3 * epochs: state(fitted(epochs)) for epochs in range(4)}, set(), 1
    while reached(net := fitted(0), at):
        steps = int(net.optimizer.iterations.numpy())
        assert state(net) == known[steps], (at, steps)
        seen.add(steps)
        at += 1
    assert seen == set(known)
