"""A fit with the defaults: scikit-learn's MLP and ours. Ours must be no less accurate on rows left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.model_selection import train_test_split

import dlcore.estimators
from estimators import DATA

QUICK = {name: name for name in ("breast cancer", "wine", "diabetes", "digits")}
FULL = {"mnist 5000": "mnist 5000"}
HOMES = {"scikit-learn": neural_network, "dlcore": dlcore.estimators}


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fit(benchmark: Any, case: str, home: str) -> None:
    load, kind = DATA[case]
    x, y = load()
    stratify = y if kind == "MLPClassifier" else None
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0, stratify=stratify)
    dlcore.set_num_threads(1)

    def score(place: str) -> float:
        models = [getattr(HOMES[place], kind)(random_state=seed).fit(x_train, y_train) for seed in range(2)]
        return float(np.mean([model.score(x_test, y_test) for model in models]))

    assert score("dlcore") >= score("scikit-learn") - 0.005
    benchmark.group = f"estimators: {case}"
    benchmark.name = home
    benchmark(lambda: getattr(HOMES[home], kind)(random_state=0).fit(x_train, y_train))
