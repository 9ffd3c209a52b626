"""The memory of a process that trains: what it needs at most, that it stays so, and what happens without it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from .nets import run

#: Of /proc/self/status in KiB; the peak is that of this process alone, which began small.
READ = """
def status(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(field))
"""


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
    first, second = run(code, DLCORE_NUM_THREADS="1")
    assert first == "MemoryError"
    assert second.startswith("[")


#: With 4 inputs and 400,000 units the rows that are predicted at a time take 600 MB, one row 3; with 1000 and 20,000
#: the weights take 80 MB and their state twice as much: the second array of it is refused.
WITHOUT_MEMORY = {
    "predict": ((4, 400_000, 1), "net.predict(x)"),
    "predictor": ((4, 400_000, 1), "net.predictor()(x)"),
    "evaluate": ((4, 400_000, 1), "net.evaluate(x, y, verbose=0)"),
    "the output": ((4, 2), "net.predict(np.broadcast_to(x[:1], (1 << 26, 4)))"),
    "a first fit's state": ((1000, 20_000, 1), "net.fit(x, y, verbose=0)"),
    "a first fit's windows": ((4, 400_000, 1), "net.fit(x, y, batch_size=len(x), verbose=0)"),
}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("what", WITHOUT_MEMORY)
def test_without_memory_a_call_changes_nothing(what, threads):
    """Under the limit small nets train as ever; without it the call that failed does what it would have done."""
    sizes, call = WITHOUT_MEMORY[what]
    code = f"""
import resource
import numpy as np
from processes.nets import data, fitted, network
{READ}
def state(net):
    return [np.asarray(v).tobytes() for v in (*net.get_weights(), *net.optimizer.variables)]

nets = network(*{sizes}), network(*{sizes})
x, y = data(200, {sizes[0]}, {sizes[-1]})
small, one = fitted(), nets[1].predict(x[:1])
used = 1024 * status("VmSize")
resource.setrlimit(resource.RLIMIT_AS, (used + (120 << 20), -1))
net = nets[0]
try:
    {call}
except MemoryError:
    print("MemoryError")
print(fitted() == small, np.array_equal(net.predict(x[:1]), one))
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
for net in nets:
    net.fit(x, y, batch_size=100, verbose=0)
print(state(nets[0]) == state(nets[1]), np.array_equal(nets[0].predict(x), nets[1].predict(x)))
"""
    assert run(code, DLCORE_NUM_THREADS=str(threads)) == ["MemoryError", "True True", "True True"]


@pytest.mark.parametrize(("made_anew", "most"), [(False, 1024), (True, 4096)], ids=["one net", "a net each"])
def test_memory_does_not_grow_over_a_thousand_fits(made_anew, most):
    """In a process of its own: what another test once used and gave back would hide a leak.

    The weights and state of a net alone take more than 4 KiB; the free lists of nets that come and go settle slowly.
    """
    code = f"""
import gc, numpy as np
from processes.nets import data, network
{READ}
x, y = data(64, 16, 4)
net = network(16, 64, 4)

def cycle(times):
    global net
    for _ in range(times):
        if {made_anew}:
            net = network(16, 64, 4)
        net.fit(x, y, epochs=1, verbose=0)
        net.predict(x)
        net.evaluate(x, y, verbose=0)
    gc.collect()

cycle(1000)  # the first thousand fill the free lists of the allocators
before = status("VmRSS")
cycle(1000)
print(status("VmRSS") - before)
"""
    grown = int(run(code)[0])
    assert grown < most, f"{grown} KiB"


def test_memory_does_not_grow_with_threads_windows_and_gradients_kept():
    code = f"""
import numpy as np, dlcore
{READ}
dlcore.utils.set_random_seed(0)
layers = dlcore.layers
dense = [layers.Dropout(0.2), layers.Dense(64, "relu"), layers.Dropout(0.5), layers.Dense(4, "softmax")]
net = dlcore.Sequential([layers.Input((16,)), *dense])
optimizer = dlcore.optimizers.Adam(global_clipnorm=1.0, gradient_accumulation_steps=2)
net.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = np.ones((2700, 16), np.float32), np.arange(2700) % 4

def cycle(times):
    for i in range(times):
        dlcore.set_num_threads(1 + i % 3)
        net.fit(x, y, batch_size=(1100, 2700, 48)[i % 3], verbose=0)

cycle(60)
before = status("VmRSS")
cycle(120)
print(status("VmRSS") - before)
"""
    grown = int(run(code)[0])
    assert grown < 1024, f"{grown} KiB"


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("threads", [1, 4])
def test_a_fit_needs_the_memory_of_a_window_and_not_of_a_batch(threads, shuffle):
    """Beyond weights and state, which a small fit has made: sums of the gradients, a window, some numbers a row."""
    rows, sizes = 30_000, (8, 500, 500, 1)
    code = f"""
from processes.nets import data, network
{READ}
x, y = data({rows}, {sizes[0]}, {sizes[-1]})
net = network(*{sizes})
net.fit(x[:32], y[:32], verbose=0)
before = status("VmHWM")
net.fit(x, y, batch_size={rows}, epochs=1, shuffle={shuffle}, verbose=0)
print(status("VmHWM") - before)
"""
    grown = 1024 * int(run(code, DLCORE_NUM_THREADS=str(threads))[0])
    weights = sum(a * b for a, b in pairwise(sizes))
    window = 512 * max(1, threads // 2)
    needed = 4 * (weights + window * (sizes[0] + 2 * sum(sizes[1:]))) + 16 * rows
    whole_batch = 4 * rows * 2 * sum(sizes[1:])
    allowed = 1.5 * needed + (8 << 20)  # rows lie apart, large arrays on huge pages; threads have stacks and scratch
    assert allowed < whole_batch / 10
    assert grown < allowed, f"{grown >> 20} MiB, {int(allowed) >> 20} allowed"
