from __future__ import annotations

import copy

import numpy as np
import pytest

from dlcore import initializers, random, streams, utils
from dlcore.autodiff import GradientTape, Tensor


@pytest.fixture(autouse=True)
def _restore():
    yield
    random.set_seed(0)


SHAPED = {
    "normal": lambda **kw: random.normal((20, 30), **kw),
    "truncated_normal": lambda **kw: random.truncated_normal((20, 30), **kw),
    "uniform": lambda **kw: random.uniform((20, 30), **kw),
    "randint": lambda **kw: random.randint((20, 30), 0, 1000, **kw),
    "categorical": lambda **kw: random.categorical(np.zeros((20, 7)), 30, **kw),
    "shuffle": lambda **kw: random.shuffle(np.arange(600).reshape(20, 30), **kw),
    "dropout": lambda **kw: random.dropout(np.ones((20, 30)), 0.5, **kw),
}


@pytest.mark.parametrize("name", SHAPED)
def test_what_a_seed_decides(name):
    draw = SHAPED[name]
    first = draw(seed=5)
    assert isinstance(first, Tensor)
    assert first.shape == (20, 30)
    assert np.array_equal(first, draw(seed=5))
    assert not np.array_equal(first, draw(seed=6))
    generator = random.SeedGenerator(5)
    assert np.array_equal(first, draw(seed=generator))
    second = draw(seed=generator)
    assert not np.array_equal(first, second)
    generator.state.assign([5, 1])
    assert np.array_equal(second, draw(seed=generator))
    utils.set_random_seed(3)
    unseeded = [draw(), draw()]
    assert not np.array_equal(*unseeded)
    utils.set_random_seed(3)
    assert all(np.array_equal(a, draw()) for a in unseeded)
    with pytest.raises(ValueError, match="Argument `seed` must be either an integer or an instance"):
        draw(seed="a")


def test_distributions():
    z = np.asarray(random.normal((200, 500), 3.0, 2.0, "float64", seed=1))
    assert abs(z.mean() - 3) < 0.02
    assert abs(z.std() - 2) < 0.02
    t = np.asarray(random.truncated_normal((200, 500), 1.0, 0.5, seed=1))
    assert np.abs(t - 1).max() <= 1
    assert abs(t.std() - 0.5 * 0.87963) < 0.005
    u = np.asarray(random.uniform((200, 500), -2, 4, seed=1))
    assert -2 <= u.min() < -1.99
    assert 3.99 < u.max() < 4
    counts = np.bincount(np.asarray(random.randint((60_000,), -3, 3, seed=2)) + 3)
    assert len(counts) == 6
    assert np.abs(counts - 10_000).max() < 400
    classes = np.asarray(random.categorical(np.log([[0.1, 0.2, 0.7]]), 50_000, seed=3))[0]
    np.testing.assert_allclose(np.bincount(classes) / 50_000, [0.1, 0.2, 0.7], atol=0.01)
    assert sorted(random.shuffle(np.arange(100), seed=1).tolist()) == list(range(100))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtypes(dtype):
    for draw in (random.normal, random.truncated_normal, random.uniform):
        assert draw((2, 3), dtype=dtype, seed=0).dtype == dtype
    assert np.asarray(random.uniform((3000,), 0.0, 1.0, dtype=dtype, seed=0)).max() < 1
    with pytest.raises(ValueError, match=r"`random\.normal` requires a floating point"):
        random.normal((2,), dtype="int32")
    with pytest.raises(ValueError, match=r"`random\.randint` requires an integer"):
        random.randint((2,), 0, 5, dtype=dtype)


def test_dropout_scales_what_it_keeps():
    x = np.full((400, 500), 3, np.float32)
    y = np.asarray(random.dropout(x, 0.3, seed=9))
    assert abs((y == 0).mean() - 0.3) < 0.005
    np.testing.assert_allclose(y[y != 0], 3 / 0.7, rtol=1e-6)
    assert np.array_equal(random.dropout(x, 0.0, seed=9), x)
    assert not np.any(random.dropout(x, 1.0, seed=9))
    shared = np.asarray(random.dropout(x, 0.5, (None, 1), seed=9))
    assert np.array_equal(shared, np.broadcast_to(shared[:, :1], x.shape))
    assert 0.3 < (shared == 0).mean() < 0.7
    with pytest.raises(ValueError, match="rate"):
        random.dropout(x, 1.5)
    with pytest.raises(ValueError, match="noise_shape must have an entry for each axis"):
        random.dropout(x, 0.5, (1,))


def test_what_is_dropped_is_zero_whatever_it_was():
    y = np.asarray(random.dropout(np.full((1000,), np.inf, np.float32), 0.5, seed=1))
    assert set(y) == {0.0, np.inf}
    mask = Tensor(np.ones(1000))
    with GradientTape() as tape:
        tape.watch(mask)
        y = random.dropout(mask, 0.5, seed=1)
    assert np.array_equal(tape.gradient(y, mask), y)


def test_the_bits_are_pinned():
    """The same on every machine: a file saved on one goes on on another."""
    assert random.keep_mask((16,), 0.5, 7).astype(int).tolist() == KEPT
    assert random.randint((6,), 0, 1000, seed=7).tolist() == INTEGERS
    assert random.normal((2,), dtype="float64", seed=7).tolist() == NORMAL


def test_shuffle_moves_slices_and_gradients():
    x = Tensor(np.arange(12.0).reshape(3, 4))
    with GradientTape() as tape:
        tape.watch(x)
        y = random.shuffle(x, axis=1, seed=3)
        total = y * np.arange(4.0)
    order = [int(column) for column in np.asarray(y)[0]]
    assert sorted(order) == [0, 1, 2, 3]
    gradient = np.asarray(tape.gradient(total, x))
    assert np.array_equal(gradient[:, order], np.tile(np.arange(4.0), (3, 1)))


def test_seed_generators():
    """Every draw names another stream: the same ones for one seed, and none that others have."""
    one, same = random.SeedGenerator(7), random.SeedGenerator(7)
    assert one.state.dtype == "uint32"
    assert not one.state.trainable
    drawn = [one.next_stream() for _ in range(4)]
    assert drawn == [same.next_stream() for _ in range(4)]
    assert one.state.tolist() == [7, 4]
    assert one.next().tolist() == [7, 4]
    random.set_seed(7)
    others = [streams.Stream(7), *(random.next_stream() for _ in range(3))]
    random.set_seed(7)
    unseeded = [random.SeedGenerator(), random.SeedGenerator()]
    others += [generator.next_stream() for generator in unseeded for _ in range(2)]
    assert len({*drawn, *others}) == len(drawn) + len(others)
    random.set_seed(7)
    assert random.SeedGenerator().next_stream() == others[4]
    assert random.SeedGenerator.from_config(one.get_config()).next_stream() == drawn[0]
    assert copy.deepcopy(one).next_stream() == one.next_stream()


@pytest.mark.parametrize(
    ("seed", "match"), [("a", "must be an integer"), (1.5, "must be an integer"), (-1, "seed must")]
)
def test_bad_seeds(seed, match):
    with pytest.raises(ValueError, match=match):
        random.SeedGenerator(seed)
    with pytest.raises(ValueError, match="Unrecognized keyword arguments"):
        random.SeedGenerator(1, seeds=2)


def test_initializers_take_generators():
    initializer = initializers.RandomNormal(seed=random.SeedGenerator(4))
    assert not np.array_equal(initializer((3,)), initializer((3,)))
    again = initializers.deserialize(initializers.serialize(initializer))
    assert np.array_equal(again((3,)), initializers.RandomNormal(seed=random.SeedGenerator(4))((3,)))


KEPT = [0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0]
INTEGERS = [764, 673, 964, 204, 735, 757]
NORMAL = [0.7210897856889288, 0.450258148113319]
