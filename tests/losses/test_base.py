"""Loss itself: subclasses, dtypes, masks, structures, shapes, errors."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from dlcore import autodiff, losses
from dlcore.autodiff import GradientTape, Tensor
from dlcore.floats import set_floatx
from dlcore.losses.reduction import masked, reduce_weighted_values, squeeze_or_expand_to_same_rank
from dlcore.variable import Variable
from losses.cases import P, T


class Squared(losses.Loss):
    def call(self, y_true, y_pred):
        return (y_true - y_pred) ** 2


TRUE, PRED = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.1, 0.2, 0.3, 0.4])
VALUES = (TRUE - PRED) ** 2
MASK, WEIGHTS = np.array([True, False, True, True]), np.array([0.4, 0.3, 0.2, 0.1])


def test_a_subclass_needs_only_call():
    assert Squared()(TRUE, PRED) == pytest.approx(VALUES.mean())
    assert Squared(reduction=None)(TRUE.tolist(), PRED.tolist()).tolist() == pytest.approx(VALUES.tolist())
    assert Squared(name="mine").get_config() == {"name": "mine", "reduction": "sum_over_batch_size"}
    assert Squared.from_config(Squared(reduction="sum").get_config()).reduction == "sum"
    assert Squared().name.startswith("squared")
    assert pickle.loads(pickle.dumps(Squared(reduction="sum")))(TRUE, PRED) == pytest.approx(VALUES.sum())
    with pytest.raises(NotImplementedError, match="must define call"):
        losses.Loss()([1.0], [1.0])


def test_call_gets_tensors_of_the_loss_s_dtype():
    seen = []

    class Spy(losses.Loss):
        def call(self, y_true, y_pred):
            seen.extend((type(x), x.dtype.name) for x in (y_true, y_pred))
            return np.asarray(y_pred)  # need not be a Tensor

    assert Spy(dtype="float64")([1, 2], np.float32([3, 4])) == 3.5
    assert seen == [(Tensor, "float64")] * 2


@pytest.mark.parametrize("dtype", ["float16", np.float16, np.dtype("float16"), "float32", "float64"])
def test_dtypes(dtype):
    loss = Squared(dtype=dtype)
    assert loss.dtype == np.dtype(dtype).name
    assert loss(TRUE, PRED, WEIGHTS).dtype == dtype
    with pytest.raises(AttributeError):
        loss.dtype = "float32"


def test_a_policy_stands_for_what_it_computes_in():
    class Policy:
        compute_dtype = "float16"

    assert Squared(dtype=Policy())(TRUE, PRED).dtype == "float16"


def test_the_default_dtype_is_floatx():
    set_floatx("float64")
    try:
        assert Squared()(TRUE, PRED).dtype == "float64"
    finally:
        set_floatx("float32")
    assert Squared()(TRUE, PRED).dtype == "float32"


def test_gradients_pass_every_dtype():
    p = Variable(P)
    with GradientTape() as tape:
        loss = losses.MeanSquaredError(dtype="float16")(T, p)
    gradient = tape.gradient(loss, p)
    assert gradient.dtype == "float64"
    np.testing.assert_allclose(gradient, 2 * (P - T) / 3 / 2, rtol=1e-6)


def test_masks():
    """What a mask leaves out does not count, not in the divisor either."""
    pred = masked(Tensor(PRED), MASK)
    assert Squared()(TRUE, pred) == pytest.approx(VALUES[MASK].mean())
    assert Squared(reduction="sum")(TRUE, pred) == pytest.approx(VALUES[MASK].sum())
    assert Squared(reduction=None)(TRUE, pred).tolist() == pytest.approx((VALUES * MASK).tolist())
    weighted = (VALUES * WEIGHTS)[MASK].sum()
    assert Squared()(TRUE, pred, WEIGHTS) == pytest.approx(weighted / 3)
    assert Squared(reduction="mean_with_sample_weight")(TRUE, pred, WEIGHTS) == pytest.approx(
        weighted / WEIGHTS[MASK].sum()
    )
    assert Squared()(TRUE, masked(Tensor(PRED), MASK[:, None]), WEIGHTS) == pytest.approx(weighted / 3)
    assert Squared()(TRUE, masked(Tensor(PRED), np.zeros(4, bool)), WEIGHTS) == 0.0
    twice = masked(Tensor(np.tile(PRED, (2, 1))), np.tile(MASK, (2, 1)))
    assert Squared()(np.tile(TRUE, (2, 1)), twice, np.tile(WEIGHTS, (2, 1))) == pytest.approx(weighted / 3)


def test_masks_of_prediction_and_loss_are_both_kept():
    class Half(losses.Loss):
        def call(self, y_true, y_pred):
            return masked(y_true - y_pred, np.array([True, True, True, False]))

    assert Half()(TRUE, masked(Tensor(PRED), MASK)) == pytest.approx((TRUE - PRED)[[0, 2]].mean())
    assert Half()(TRUE, PRED) == pytest.approx((TRUE - PRED)[:3].mean())


def test_weights():
    assert Squared()(TRUE, PRED, 2.0) == pytest.approx(2 * VALUES.mean())
    assert Squared()(TRUE, PRED, np.zeros(4)) == 0.0
    assert Squared(reduction="mean_with_sample_weight")(TRUE, PRED, np.zeros(4)) == 0.0
    assert Squared()(TRUE, PRED, WEIGHTS[:, None]) == pytest.approx((VALUES * WEIGHTS).mean())
    assert Squared()(TRUE[:, None], PRED[:, None], WEIGHTS) == pytest.approx((VALUES * WEIGHTS).mean())
    assert Squared()(TRUE.astype(int), PRED, WEIGHTS.astype(np.float64)).dtype == "float32"
    loss = losses.MeanSquaredError()(np.zeros((2, 3, 1)), np.arange(6).reshape(2, 3, 1), [[1, 0, 0], [0, 0, 2]])
    assert loss == pytest.approx(50 / 6)


def test_gradients_flow_to_the_weights():
    weight = Variable([1.0, 3.0], dtype="float64")
    with GradientTape() as tape:
        loss = losses.MeanSquaredError(reduction="mean_with_sample_weight", dtype="float64")(T, P, weight)
    values = ((P - T) ** 2).mean(axis=1)
    np.testing.assert_allclose(tape.gradient(loss, weight), (values - loss.array) / 4)


def test_structures_of_arrays():
    class Both(losses.Loss):
        def call(self, y_true, y_pred):
            return losses.mean_squared_error(y_true["a"], y_pred["a"]) + y_pred["b"][0] - y_true["b"][0]

    p = Variable(PRED.reshape(2, 2))
    with GradientTape() as tape:
        loss = Both()({"a": np.zeros((2, 2)), "b": [np.ones(2)]}, {"a": p, "b": [p[:, 0]]})
    assert loss == pytest.approx((PRED**2).mean() + PRED[::2].mean() - 1)
    np.testing.assert_allclose(tape.gradient(loss, p), PRED.reshape(2, 2) / 2 + [[0.5, 0]], rtol=1e-6)
    wrapped = losses.LossFunctionWrapper(lambda t, y: losses.mean_absolute_error(t[0], y[0]))
    assert wrapped([np.zeros(4), TRUE], [PRED[:, None], TRUE]) == pytest.approx(PRED.mean())
    assert losses.MeanSquaredError()([TRUE, TRUE], [PRED, PRED]) == pytest.approx(VALUES.mean())
    with pytest.raises(TypeError, match="y_pred must be one array; got a list of Tensors"):
        losses.MeanSquaredError()([TRUE], [Tensor(PRED)])


def test_ranks_made_equal():
    shapes = [((3,), (3, 1)), ((3, 1), (3,)), ((3, 2), (3, 2, 1)), ((3,), (3, 2)), ((), (1,)), ((3, 1), (3, 1, 1))]
    found = [tuple(x.shape for x in squeeze_or_expand_to_same_rank(np.ones(a), np.ones(b))) for a, b in shapes]
    assert found == [
        ((3, 1), (3, 1)),
        ((3, 1), (3, 1)),
        ((3, 2), (3, 2)),
        ((3,), (3, 2)),
        ((), ()),
        ((3, 1), (3, 1)),
    ]
    a, b = squeeze_or_expand_to_same_rank(np.ones(3), np.ones((3, 1)), expand_rank_1=False)
    assert a.shape == b.shape == (3,)


def test_more_axes_and_fewer():
    values = losses.mean_squared_error(np.zeros((2, 3, 4)), np.ones((2, 3, 4)))
    assert values.shape == (2, 3)
    assert losses.mean_squared_error([0.0, 0.0], [1.0, 3.0]) == 5.0
    assert losses.sparse_categorical_crossentropy([[0, 1]], np.full((1, 2, 4), 0.25)).shape == (1, 2)
    assert losses.sparse_categorical_crossentropy(1, [0.25, 0.75]) == pytest.approx(-np.log(0.75))
    assert losses.mean_absolute_error([1.0, 2.0], [[1.0], [4.0]]).tolist() == [0.0, 2.0]
    assert losses.mean_absolute_error([[1.0], [2.0]], [[1.0], [4.0]]).tolist() == [0.0, 2.0]
    assert losses.MeanSquaredError()(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0
    assert reduce_weighted_values(np.float32(2.0), 3.0) == 6.0


def test_targets_broadcast_as_in_keras():
    assert losses.mean_squared_error([[1.0]], [[1.0, 3.0], [5.0, 7.0]]).tolist() == [2.0, 26.0]
    t = Variable([[1.0], [2.0]])
    with GradientTape() as tape:
        loss = autodiff.reduce_sum(losses.mean_squared_error(t, [[1.0, 3.0], [5.0, 8.0]]))
    assert tape.gradient(loss, t).tolist() == [[-2.0], [-9.0]]


def test_functions_keep_the_prediction_s_dtype():
    assert losses.mean_squared_error([[1]], np.array([[2.0]])).dtype == "float64"
    assert losses.mean_squared_error(np.array([[1.0]]), np.float32([[2.0]])).dtype == "float32"
    assert losses.mean_squared_error([[1]], [[2]]).dtype == "float32"


@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (2, 3, 0)])
def test_nothing_to_predict(shape):
    for loss in (losses.mean_squared_error, losses.categorical_crossentropy, losses.binary_crossentropy):
        assert np.array_equal(loss(np.zeros(shape), np.zeros(shape)), np.zeros(shape[:-1]))


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: losses.MeanSquaredError()([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), ValueError, "must have the same shape"),
        (lambda: losses.MeanSquaredError()(1.0, 2.0), ValueError, "at least one axis"),
        (lambda: losses.MeanSquaredError(reduction="median"), ValueError, "Invalid value for argument reduction"),
        (lambda: losses.MeanSquaredError(dtype="int32"), ValueError, "dtype"),
        (lambda: losses.MeanSquaredError(dtype="bfloat16"), ValueError, "dtype must be one of"),
        (lambda: losses.MeanSquaredError()(T, P, sample_weight=[1, 2, 3]), ValueError, r"sample_weight .* got \(3,\)"),
        (lambda: losses.MeanSquaredError()(T, P, sample_weight=["a", "b"]), TypeError, "sample_weight"),
        (lambda: losses.MeanSquaredError()(np.ma.array(T, mask=T), P), ValueError, "^y_true has masked entries"),
    ],
)
def test_bad_input(call, error, match):
    with pytest.raises(error, match=match):
        call()
