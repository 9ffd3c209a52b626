from __future__ import annotations

import gc
import threading
import tracemalloc

import numpy as np
import pytest

from dlcore.autodiff import GradientTape, Tensor, exp
from dlcore.autodiff.tape import _tapes as tapes
from dlcore.variable import Variable


def test_gradient_of_a_square():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
    gradient = tape.gradient(y, x)
    assert isinstance(gradient, Tensor)
    assert gradient == 6.0
    assert gradient.dtype == "float32"


@pytest.mark.parametrize("kind", [list, tuple])
def test_the_result_has_the_structure_of_the_sources(kind):
    x, y = Variable(2.0), Variable(5.0)
    with GradientTape() as tape:
        z = x * y
    found = tape.gradient(z, kind([x, y]))
    assert type(found) is kind
    assert list(found) == [5.0, 2.0]


def test_sources_in_a_dict_and_nested():
    x, y = Variable(2.0), Variable(5.0)
    with GradientTape() as tape:
        z = x * y
    assert tape.gradient(z, {"x": x, "rest": [y]}) == {"x": 5.0, "rest": [2.0]}


def test_second_and_third_derivative():
    x = Variable(2.0)
    with GradientTape() as third, GradientTape() as second:
        with GradientTape() as first:
            y = x**4
        dy = first.gradient(y, x)
        assert dy == 32.0
        with second.stop_recording():
            pass
        d2y = second.gradient(dy, x)
    assert d2y == 48.0
    assert third.gradient(d2y, x) == 48.0


def test_a_tape_is_spent_after_one_gradient_unless_persistent():
    x = Variable(1.0)
    with GradientTape() as once, GradientTape(persistent=True) as often:
        y = x * 3
    assert once.gradient(y, x) == 3.0
    with pytest.raises(RuntimeError, match="persistent"):
        once.gradient(y, x)
    assert often.gradient(y, x) == 3.0
    assert often.gradient(y, x) == 3.0


def test_a_reset_tape_starts_anew():
    x = Variable(1.0)
    tape = GradientTape()
    with tape:
        y = x * 3
    tape.gradient(y, x)
    tape.reset()
    with tape:
        y = x * 4
    assert tape.gradient(y, x) == 4.0


def test_unconnected_sources():
    x, y = Variable(1.0), Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        z = x * 2
    assert tape.gradient(z, [x, y]) == [2.0, None]
    zeros = tape.gradient(z, y, unconnected_gradients="zero")
    assert np.array_equal(zeros, [0, 0])
    with pytest.raises(ValueError, match="unconnected_gradients"):
        tape.gradient(z, y, unconnected_gradients="nil")


def test_constants_must_be_watched():
    c = Tensor(np.float32(2))
    with GradientTape() as blind:
        y = c * c
    assert blind.gradient(y, c) is None
    with GradientTape() as tape:
        tape.watch(c)
        y = c * c
    assert tape.gradient(y, c) == 4.0


def test_variables_that_are_not_trainable_are_watched_on_request_only():
    v = Variable(2.0, trainable=False)
    with GradientTape() as tape:
        y = v * v
    assert tape.gradient(y, v) is None
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([v])
        y = v * v
    assert tape.gradient(y, v) == 4.0


def test_watched_variables():
    v, w = Variable(2.0), Variable(3.0)
    with GradientTape() as tape:
        _ = v * v
    assert tape.watched_variables() == (v,)
    assert w not in tape.watched_variables()


def test_nothing_is_recorded_while_recording_is_stopped():
    x = Variable(2.0)
    with GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = y * 5
    assert tape.gradient(z, x) is None


def test_values_are_those_of_the_moment():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
        x.assign(100.0)
    assert tape.gradient(y, x) == 6.0


def test_targets_are_summed_and_weighted():
    x = Variable([1.0, 2.0])
    with GradientTape(persistent=True) as tape:
        y, z = x * x, exp(x)
    assert np.allclose(tape.gradient([y, z], x), [2 + np.e, 4 + np.e**2])
    assert np.allclose(tape.gradient(y, x, output_gradients=[10.0, 100.0]), [20, 400])


def test_the_gradient_of_a_value_inside_the_graph():
    x = Variable(2.0)
    with GradientTape() as tape:
        y = x * x
        z = y * y
    assert tape.gradient(z, [y, x]) == [8.0, 32.0]


def test_a_source_is_its_own_gradient():
    x = Variable(2.0)
    with GradientTape() as tape:
        _ = x * 2
    assert tape.gradient(x, x) == 1.0


def test_bad_arguments():
    with GradientTape() as tape:
        pass
    with pytest.raises(TypeError, match="target"):
        tape.gradient([3.0], Variable(1.0))
    with pytest.raises(TypeError, match="sources"):
        tape.gradient(Tensor(1.0), 3.0)
    with pytest.raises(TypeError, match="watch"):
        tape.watch([1.0])
    with pytest.raises(ValueError, match="int64"):
        tape.watch(Tensor(np.int64(1)))


def test_each_thread_has_its_own_tapes():
    x = Variable(2.0)
    found = []
    with GradientTape() as tape:
        y = x * x

        def elsewhere():
            found.append(x * 5)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert tape.gradient(found[0], x) is None
    assert y == 4.0


def test_the_tape_keeps_the_dtype():
    x = Variable(np.float64(3))
    with GradientTape() as tape:
        y = x * 0.1
    assert tape.gradient(y, x).dtype == "float64"
    x32 = Variable(3.0)
    with GradientTape() as tape:
        y = x32 * x
    gradient = tape.gradient(y, x32)
    assert y.dtype == "float64"
    assert gradient.dtype == "float32"


def test_jacobian():
    x, w = Variable([1.0, 2.0]), Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with GradientTape(persistent=True) as tape:
        y = (w @ x) ** 2
        constant = Tensor(np.float32([1, 2]))
    wanted = 2 * (w.array @ x.array)[:, None] * w.array
    assert np.allclose(tape.jacobian(y, x), wanted)
    by_x, (by_w,) = tape.jacobian(y, [x, [w]])
    assert np.allclose(by_x, wanted)
    assert by_w.shape == (3, 3, 2)
    assert np.allclose(by_w.array[0, 0], 2 * (w.array @ x.array)[0] * x.array)
    assert not np.any(by_w.array[0, 1:])
    assert tape.jacobian(constant, x) is None
    assert np.array_equal(tape.jacobian(constant, x, unconnected_gradients="zero"), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="unconnected_gradients"):
        tape.jacobian(y, x, unconnected_gradients="nil")


def test_the_jacobian_of_a_gradient_is_the_hessian():
    x = Variable(np.array([1.0, 2.0, 3.0]))
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = (x * x * x).sum() + x[0] * x[1]
        slope = inner.gradient(y, x)
    assert np.allclose(outer.jacobian(slope, x), [[6, 1, 0], [1, 12, 0], [0, 0, 18]])
    with pytest.raises(RuntimeError, match="jacobian can be called once"):
        outer.jacobian(slope, x)


def test_tapes_do_not_leak():
    """What a tape recorded goes with it: nothing is left of a thousand, and no garbage collection is needed."""
    x = Variable(np.ones(100, np.float32))

    def step():
        with GradientTape() as tape:
            y = exp(x * 0.001).sum()
        return tape.gradient(y, x)

    step()
    gc.collect()
    gc.disable()
    try:
        before = sum(type(o) in (Tensor, GradientTape) for o in gc.get_objects()), len(tapes)
        tracemalloc.start()
        step()
        start = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            step()
        grown = tracemalloc.get_traced_memory()[0] - start
        tracemalloc.stop()
        after = sum(type(o) in (Tensor, GradientTape) for o in gc.get_objects()), len(tapes)
    finally:
        gc.enable()
    assert after == before
    assert grown < 20_000


def test_tapes_in_several_threads_at_once():
    x = Variable(3.0)
    found = {}

    def work(n):
        for _ in range(50):
            with GradientTape() as outer:
                with GradientTape() as inner:
                    y = x**n
                slope = inner.gradient(y, x)
            found[n] = float(slope), float(outer.gradient(slope, x))

    threads = [threading.Thread(target=work, args=(n,)) for n in (3, 4, 5, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: (n * 3.0 ** (n - 1), n * (n - 1) * 3.0 ** (n - 2)) for n in (3, 4, 5, 6)}


def test_a_tape_can_be_asked_in_another_thread():
    x = Variable(3.0)
    with GradientTape() as tape:
        y = x * x
    found = []
    thread = threading.Thread(target=lambda: found.append(tape.gradient(y, x)))
    thread.start()
    thread.join()
    assert found == [6.0]


def test_infinite_gradients_come_without_a_warning():
    x = Variable([0.0, 4.0])
    with GradientTape() as tape:
        y = x**0.5
    assert tape.gradient(y, x).tolist() == [np.inf, 0.25]


def test_as_many_weights_as_targets():
    x = Variable(1.0)
    with GradientTape() as tape:
        y = x * 2
    with pytest.raises(ValueError, match="output_gradients must be as many as targets, 1; got 2"):
        tape.gradient([y], x, output_gradients=[1.0, 2.0])
