from __future__ import annotations

import threading

import numpy as np
import pytest

from dlcore.autodiff import GradientTape, Tensor, exp
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
