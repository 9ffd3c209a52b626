"""``dlcore demo``: a net learns real handwritten digits, next to the same training written by hand in NumPy."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import dlcore
from dlcore.backends import get_backend
from dlcore.cli.arguments import add_threads
from dlcore.cli.contest import classifier, handwritten_twin, interleaved
from dlcore.cli.errors import CommandError, require_packages
from dlcore.cli.handwritten import HandwrittenTrainer

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands

SEED = 0
SIZES = (64, 256, 128, 10)
BATCH_SIZE = 32
EPOCHS = 30
TEST_FRACTION, VALIDATION_FRACTION = 0.2, 0.1
ROUNDS = 9


class Digits(NamedTuple):
    """Scikit-learn's digits: pixels in [0, 1] of shape (rows, 64), labels 0 to 9, cut in three."""

    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_validation: NDArray[np.float32]
    y_validation: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "demo",
        help="train a net on real handwritten digits and compare with hand-written NumPy",
        description="Train a net on scikit-learn's 1797 handwritten digits, test it on a fifth of them that it "
        "never saw, train the same net in hand-written NumPy, time both, and draw the loss curves. Needs the extra "
        "'demo' (scikit-learn and matplotlib) and a few seconds.",
        epilog="example: dlcore demo -o digits.svg",
    )
    add_threads(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("dlcore-demo.png"),
        metavar="FILE",
        help="where the picture goes; its ending chooses the format: .png, .svg, .pdf (default: %(default)s)",
    )
    parser.set_defaults(check=check, run=run)


def check(args: argparse.Namespace) -> None:
    """Refuse what would fail only after the training."""
    require_packages({"sklearn": "scikit-learn", "matplotlib": "matplotlib"}, extra="demo", command="demo")
    from dlcore.cli.picture import FORMATS

    if args.output.suffix.lower() not in FORMATS:
        raise CommandError(f"--output must end in {', '.join(FORMATS)}; got {str(args.output)!r}", exit_code=2)
    folder = args.output.parent
    if not folder.is_dir():
        raise CommandError(f"--output: there is no folder {str(folder)!r}", exit_code=2)
    if not os.access(folder, os.W_OK):
        raise CommandError(f"--output: the folder {str(folder)!r} is not writeable", exit_code=2)
    if args.output.is_dir():
        raise CommandError(f"--output: {str(args.output)!r} is a folder", exit_code=2)


def run(args: argparse.Namespace) -> None:
    """Train, test, compare, draw."""
    from dlcore.cli.picture import draw

    digits = load_digits()
    print(
        f"Handwritten digits of 8x8 pixels: {len(digits.x_train)} rows to train on, {len(digits.x_validation)} to "
        f"validate on,\n{len(digits.x_test)} that are kept apart for the test. Network {'-'.join(map(str, SIZES))}, "
        f"Adam, {BATCH_SIZE} rows a batch.\n"
    )
    dlcore.utils.set_random_seed(SEED)
    net = classifier(SIZES, metrics=["accuracy"])
    twin = handwritten_twin(net, BATCH_SIZE)
    start = time.perf_counter()
    history = net.fit(
        digits.x_train,
        digits.y_train,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        validation_data=(digits.x_validation, digits.y_validation),
        verbose=2,
    ).history
    print(f"\n{EPOCHS} epochs took {time.perf_counter() - start:.2f} s on the {get_backend().name} backend.\n")

    rng = np.random.default_rng(SEED)
    twin_losses = twin.fit(digits.x_train, digits.y_train, EPOCHS, rng)
    predicted = net.predict(digits.x_test, verbose=0).argmax(axis=1)
    right, twin_right = (
        (labels == digits.y_test).mean() for labels in (predicted, twin.predict(digits.x_test).argmax(axis=1))
    )
    speed, twin_speed = rows_per_second(net, twin, digits, rng)
    threads = "1 thread" if args.threads == 1 else f"{args.threads} threads"
    print(f"{'':16}{'dlcore':>12}{'hand-written NumPy':>22}")
    print(f"{'test accuracy':16}{right:>12.1%}{twin_right:>22.1%}")
    print(f"{'rows per second':16}{speed:>12,.0f}{twin_speed:>22,.0f}   ({threads} each, median of {ROUNDS} rounds)")
    print(f"\ndlcore trains {speed / twin_speed:.1f} times as fast as hand-written NumPy.")

    curves = {
        "training": history["loss"],
        "validation": history["val_loss"],
        "training, hand-written NumPy": twin_losses,
    }
    try:
        draw(args.output, curves, digits.x_test, digits.y_test, predicted)
    except OSError as error:
        raise CommandError(f"the picture could not be written: {error}") from error
    print(f"The loss curves are in {args.output}")


def load_digits() -> Digits:
    """The digits, shuffled, every class in the same share everywhere: 72 % training, 8 % validation, 20 % test."""
    from sklearn.datasets import load_digits as load
    from sklearn.model_selection import train_test_split

    pixels, labels = load(return_X_y=True)
    x, y = (pixels / 16).astype(np.float32), labels.astype(np.int64)

    def cut(x: NDArray[np.float32], y: NDArray[np.int64], fraction: float) -> list[NDArray[Any]]:
        parts: list[NDArray[Any]] = train_test_split(x, y, test_size=fraction, stratify=y, random_state=SEED)
        return parts

    x_rest, x_test, y_rest, y_test = cut(x, y, TEST_FRACTION)
    x_train, x_validation, y_train, y_validation = cut(x_rest, y_rest, VALIDATION_FRACTION)
    return Digits(x_train, y_train, x_validation, y_validation, x_test, y_test)


def rows_per_second(
    net: dlcore.Sequential, twin: HandwrittenTrainer, digits: Digits, rng: np.random.Generator
) -> tuple[float, float]:
    """Rows that dlcore and hand-written NumPy train on in a second, measured in turns."""
    x, y = digits.x_train, digits.y_train
    seconds = interleaved(
        {
            "dlcore": lambda: net.fit(x, y, batch_size=BATCH_SIZE, verbose=0),
            "twin": lambda: twin.fit(x, y, epochs=1, rng=rng),
        },
        ROUNDS,
    )
    return len(x) / seconds["dlcore"], len(x) / seconds["twin"]
