"""Bad arguments are named when a fit begins, and change nothing."""

from __future__ import annotations

import pytest

from dlcore.estimators import MLPClassifier, MLPRegressor

BAD = [
    ("hidden_layer_sizes", (5, 0), ValueError, "hidden_layer_sizes must be > 0"),
    ("hidden_layer_sizes", "100", TypeError, "hidden_layer_sizes"),
    ("activation", "rely", ValueError, "relu"),
    ("solver", "adm", ValueError, "'lbfgs', an optimizer's name"),
    ("solver", 3, TypeError, "solver must be a name"),
    ("alpha", -1, ValueError, "alpha"),
    ("batch_size", 0, ValueError, "batch_size"),
    ("batch_size", "all", TypeError, "batch_size"),
    ("learning_rate", "slow", ValueError, "'auto', 'constant', 'invscaling', 'adaptive' or a schedule"),
    ("learning_rate_init", 0, ValueError, "learning_rate_init"),
    ("max_iter", 0, ValueError, "max_iter"),
    ("max_iter", 1.5, TypeError, "max_iter"),
    ("shuffle", "yes", TypeError, "shuffle must be True or False"),
    ("momentum", 1.1, ValueError, "momentum"),
    ("validation_fraction", 1, ValueError, "validation_fraction"),
    ("beta_1", 1, ValueError, "beta_1"),
    ("epsilon", 0, ValueError, "epsilon"),
    ("n_iter_no_change", 0, ValueError, "n_iter_no_change"),
    ("max_fun", 0, ValueError, "max_fun"),
    ("weight_decay", -1, ValueError, "weight_decay"),
    ("weight_decay", "some", TypeError, "weight_decay"),
    ("dropout", 1, ValueError, "dropout"),
    ("normalization", "row", ValueError, "None, 'batch', 'layer'"),
    ("preprocessing", "yes", ValueError, "None, 'auto' or a dlcore.tables.FeatureEncoder"),
    ("callbacks", [print], TypeError, "callbacks must be dlcore.callbacks.Callback"),
    ("loss", "los", ValueError, "los"),
    ("random_state", "a", ValueError, "seed"),
]


@pytest.mark.parametrize(("name", "value", "error", "words"), BAD, ids=lambda value: str(value)[:20])
@pytest.mark.parametrize("cls", [MLPClassifier, MLPRegressor])
def test_a_bad_argument_is_named(cls, name, value, error, words):
    x, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    model = cls(random_state=0).fit(x, y)
    before = model.predict(x)
    model.set_params(**{name: value})
    with pytest.raises(error, match=words):
        model.fit(x, y)
    model.set_params(**{name: getattr(cls(), name)})
    assert (model.predict(x) == before).all()
