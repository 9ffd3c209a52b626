"""``dlcore evaluate``: how good a model is on the rows of a table that has the target."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from dlcore.cli import modelfile, scores
from dlcore.cli.arguments import add_reading, column_names
from dlcore.cli.errors import CommandError
from dlcore.cli.frames import load, require_columns, require_extra
from dlcore.cli.predictions import features, predict
from dlcore.cli.targets import truth_of

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands

EPILOG = """\
The baselines know the target's values in the training rows and nothing else: the most frequent class, the mean, the
median. A model that is no better than they are has learned nothing.

example:
  dlcore evaluate wine.safetensors wine-of-next-year.csv
"""


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "evaluate",
        help="score a model on the rows of a table that has the target",
        description="Predict the target of each row, and compare with what the table says it is.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="the file that dlcore train wrote")
    parser.add_argument("data", type=Path, metavar="DATA", help="the table, with the target")
    parser.add_argument(
        "--target",
        type=column_names,
        metavar="COLUMN",
        help="the column to compare with (default: the one the model was trained for)",
    )
    add_reading(parser)
    parser.set_defaults(check=check, run=run)


def check(_args: argparse.Namespace) -> None:
    """Refuse to go on without what reads tables."""
    require_extra("evaluate")


def run(args: argparse.Namespace) -> None:
    """Read, predict, compare."""
    model = modelfile.load(args.model)
    targets = args.target or model.targets
    if not targets:
        raise CommandError(f"{args.model} does not say what its target is called: name it with --target", exit_code=2)
    frame = load(args.data, args, model.text_columns)
    require_columns(frame, targets, "--target", args.data)
    present = frame[targets].notna().all(axis=1)
    if not present.any():
        raise CommandError(f"{args.data} has no row with a target")
    frame = frame[present].reset_index(drop=True)
    classes = model.estimator.classes_ if model.kind == "classification" else None
    truth = truth_of(frame, model.kind, targets, classes, args.data)
    found = predict(model.estimator, model.kind, features(model, frame, args.data), args.data)
    if found.values.shape != truth.shape:
        width = 1 if found.values.ndim == 1 else found.values.shape[1]
        raise CommandError(f"--target: the model predicts {width} columns, not {len(targets)}", exit_code=2)
    try:
        known = model.notes.get("baseline")
        others = {} if known is None else scores.baseline_predictions(model.kind, known, len(truth))
        rows = scores.compare(model.kind, truth, classes, targets, [found, *others.values()])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CommandError(f"{args.model} is damaged: its notes on the table are none of dlcore train's") from error
    left_out = int((~present).sum())
    print(f"{len(truth)} rows of {args.data}" + (f", without {left_out} that have no target" if left_out else ""))
    if classes is not None and (new := sorted(set(truth.astype(str)) - set(classes.astype(str)))):
        print(f"Note: classes that the model does not know count as wrong: {', '.join(new[:10])}")
    print()
    print(scores.as_text(rows, list(others)))
