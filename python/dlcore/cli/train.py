"""``dlcore train``: from a table in a file to a model in a file, and a report on it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore import files
from dlcore.cli import modelfile, scores
from dlcore.cli.arguments import add_reading, column_names, layer_sizes, part, positive_int, seconds, seed
from dlcore.cli.errors import CommandError
from dlcore.cli.fitting import VALIDATION, Fit, Settings, fit
from dlcore.cli.frames import check_output, load, numbers, require_columns, require_extra
from dlcore.cli.importance import importance
from dlcore.cli.predictions import predict
from dlcore.cli.report import Report, page
from dlcore.cli.splits import LEAST_ROWS, split
from dlcore.cli.targets import TASKS, Task, task_of, truth_of
from dlcore.tables.reading import READABLE, listed

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands

MODEL_ENDING, REPORT_ENDINGS = ".safetensors", (".html", ".htm")

DESCRIPTION = f"""\
Learn to predict a column of a table from its other columns.

The table is a file whose first line names the columns ({READABLE}).
What else is needed is done for you:

  - text becomes categories, numbers are scaled, gaps are filled; all of that is part of the model;
  - whether to tell classes apart (classification) or to predict a number (regression) is seen from the target;
  - a fifth of the rows is set apart for a test, another part says when to stop;
  - the model is compared with a guess that knows nothing but the target's own values.

The model goes to one file, for dlcore predict and for Python, and a report to a page that any browser shows.
"""

EPILOG = """\
examples:
  dlcore train houses.csv --target price
  dlcore train wine.csv --target class -o wine.safetensors --drop id,comment
  dlcore train visits.tsv --target bought --test visits-of-may.tsv --seed 1
  dlcore train ratings.csv --target stars --task regression      stars are whole numbers, but no mere names
  dlcore train crops.parquet --target yield,moisture             two numbers at once

then:
  dlcore predict wine.safetensors new.csv -o predictions.csv
  dlcore show wine.safetensors

Needs pandas and scikit-learn: python -m pip install 'dlcore[tables]'
"""


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "train",
        help="learn to predict a column of a table (CSV, TSV, Parquet, .npz) from the others",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, metavar="DATA", help="the table")
    parser.add_argument(
        "--target",
        type=column_names,
        required=True,
        metavar="COLUMN",
        help="what to predict; several columns with commas between them",
    )
    parser.add_argument(
        "--task",
        choices=TASKS,
        default="auto",
        help="classification: tell classes apart; regression: predict a number; auto: see from the target (default)",
    )
    results = parser.add_argument_group("results")
    results.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("model.safetensors"),
        metavar="FILE",
        help="where the model goes; ends in .safetensors (default: %(default)s)",
    )
    results.add_argument(
        "--report", type=Path, metavar="FILE", help="where the report goes (default: like the model, ending in .html)"
    )
    results.add_argument("--no-report", action="store_true", help="make no report")
    rows = parser.add_argument_group("rows and columns")
    rows.add_argument(
        "--drop", type=column_names, default=[], metavar="COLUMNS", help="columns to leave out, such as ids"
    )
    rows.add_argument(
        "--weights", metavar="COLUMN", help="how much each row counts in the training: a column of numbers, 0 or more"
    )
    chosen = rows.add_mutually_exclusive_group()
    chosen.add_argument(
        "--test-size",
        type=part,
        default=0.2,
        metavar="PART",
        help="which share of the rows to set apart for the test, or how many (default: %(default)s)",
    )
    chosen.add_argument("--test", type=Path, metavar="FILE", help="another table to test on; all of DATA is trained on")
    training = parser.add_argument_group("training")
    training.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="one seed, one model (default: %(default)s)"
    )
    training.add_argument(
        "--epochs",
        type=positive_int,
        metavar="N",
        help="most passes through the rows (default: as many as a table of this size needs)",
    )
    training.add_argument(
        "--hidden", type=layer_sizes, metavar="SIZES", help="units of the hidden layers, such as 64,32 (default: 100)"
    )
    training.add_argument(
        "--time-budget",
        type=seconds,
        metavar="SECONDS",
        help="end the training after this time; the best weights so far are kept",
    )
    add_reading(parser)
    parser.set_defaults(check=check, run=run)


def check(args: argparse.Namespace) -> None:
    """Refuse what would fail only after the training."""
    require_extra("train")
    inputs = [args.data] if args.test is None else [args.data, args.test]
    check_output("--output", args.output, [MODEL_ENDING], inputs)
    if args.no_report and args.report is not None:
        raise CommandError("--report and --no-report exclude one another", exit_code=2)
    if args.report is None:
        args.report = args.output.with_suffix(".html")
    if not args.no_report:
        check_output("--report", args.report, REPORT_ENDINGS, inputs)
    for option, names in (("--drop", args.drop), ("--weights", [args.weights])):
        if twice := [name for name in names if name in args.target]:
            raise CommandError(f"{option}: {twice[0]!r} is the target", exit_code=2)


class Rows(NamedTuple):
    """Rows to train on, to validate with or to test on."""

    frame: Any
    y: NDArray[Any]
    weights: NDArray[np.float64] | None = None

    def taken(self, places: NDArray[Any]) -> Rows:
        """Some of them."""
        weights = None if self.weights is None else self.weights[places]
        return Rows(self.frame.iloc[places].reset_index(drop=True), self.y[places], weights)


def run(args: argparse.Namespace) -> None:
    """Read, train, test, save."""
    frame = load(args.data, args)
    task, rows, notes = prepared(args, frame)
    print(f"{args.data}: {len(frame)} rows, {len(frame.columns)} columns ({frame.attrs['read']})")
    shown = " and ".join(map(repr, args.target))
    hint = f" (if not, say --task {task.instead})" if task.instead else ""
    print(f"Task: {task.kind} of {shown}, since {task.why}{hint}")
    for note in notes:
        print(f"Note: {note}")

    classes = task.kind == "classification"
    if args.test is None:
        inner, outer = split(rows.y, args.test_size, args.seed, classes, "--test-size")
        rest, test = rows.taken(inner), rows.taken(outer)
    else:
        rest, test = rows, tested(args, task, rows)
    inner, outer = split(rest.y, VALIDATION, args.seed, classes, "--test-size leaves too few rows")
    train, validation = rest.taken(inner), rest.taken(outer)
    if classes:  # a class too rare to be on both sides says nothing about when to stop
        known = np.flatnonzero(np.isin(validation.y, train.y))
        if not len(known):
            raise CommandError(f"{args.data}: the classes are too rare; most must be found in several rows")
        validation = validation.taken(known)
    counts = {"train": len(train.y), "validation": len(validation.y), "test": len(test.y)}
    print(
        "Rows: {train} to train on, {validation} to say when to stop, {test} for the test".format(**counts), flush=True
    )

    settings = Settings(args.seed, args.epochs, args.hidden, args.time_budget)
    try:
        fitted = fit(task.kind, train, validation, settings)
    except (ValueError, TypeError) as error:
        raise CommandError(f"{args.data}: {error}") from error
    report = examined(args, frame, task, train, test, fitted, notes, counts)
    print(f"Trained {fitted.ended}; kept the weights of epoch {fitted.best + 1}\n")
    print(scores.as_text(report.scores, report.baselines))
    print(f"\n{report.verdict}\n")
    keep(args, report)


def prepared(args: argparse.Namespace, frame: Any) -> tuple[Task, Rows, list[str]]:
    """What to learn, the rows that can be learned from, and what a user should know of them."""
    left_out = [*args.drop, *([args.weights] if args.weights else [])]
    require_columns(frame, args.target, "--target", args.data)
    require_columns(frame, args.drop, "--drop", args.data)
    require_columns(frame, left_out[len(args.drop) :], "--weights", args.data)
    features = [name for name in frame.columns if name not in {*args.target, *left_out}]
    if not features:
        raise CommandError(f"{args.data}: no column is left to predict {listed(args.target)} from")
    task = task_of(frame, args.target, args.task, args.data)
    notes = []
    if missing := int((~task.kept).sum()):
        notes.append(f"{missing} of {len(frame)} rows have no target and are left out")
    if len(task.y) < LEAST_ROWS:
        raise CommandError(f"{args.data}: {len(task.y)} rows with a target are too few; {LEAST_ROWS} are the least")
    weights = None
    if args.weights:
        weights = numbers(frame.loc[task.kept, args.weights], args.data)
        if not (weights >= 0).all() or not weights.any():
            raise CommandError(
                f"--weights: column {args.weights!r} must hold numbers of 0 or more, not all 0, in every row"
            )
    kept = frame.loc[task.kept, features].reset_index(drop=True)
    notes += [
        f"column {name!r} is different in every row; if it is a name or a number of the row: --drop {name}"
        for name in features
        if _counts_rows(kept[name])
    ]
    return task, Rows(kept, task.y, weights), notes


def _counts_rows(column: Any) -> bool:
    """Whether a column names its rows: text, or whole numbers without a gap, that never repeat."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "iu":
        return column.is_unique and int(column.max()) - int(column.min()) == len(column) - 1
    return kind == "O" and bool(column.notna().all()) and column.is_unique


def tested(args: argparse.Namespace, task: Task, rows: Rows) -> Rows:
    """The rows of ``--test``, in the types of those to train on."""
    text = [name for name in rows.frame if getattr(rows.frame[name].dtype, "kind", "O") == "O"]
    if task.y.dtype.kind in "US":
        text += args.target
    frame = load(args.test, args, text)
    require_columns(frame, [*args.target, *rows.frame.columns], "--test", args.test)
    frame = frame[frame[args.target].notna().all(axis=1)].reset_index(drop=True)
    if not len(frame):
        raise CommandError(f"{args.test} has no row with a target")
    return Rows(frame[list(rows.frame.columns)], truth_of(frame, task.kind, args.target, task.y, args.test))


def examined(
    args: argparse.Namespace,
    frame: Any,
    task: Task,
    train: Rows,
    test: Rows,
    fitted: Fit,
    notes: list[str],
    counts: dict[str, int],
) -> Report:
    """Test the model, and gather what there is to report."""
    found = predict(fitted.estimator, task.kind, test.frame, args.test or args.data)
    known = scores.baseline(task.kind, train.y)
    others = scores.baseline_predictions(task.kind, known, len(test.y))
    classes = fitted.estimator.classes_ if task.kind == "classification" else None
    rows = scores.compare(task.kind, test.y, classes, args.target, [found, *others.values()])
    return Report(
        args=args,
        read=frame.attrs["read"],
        shape=frame.shape,
        task=task,
        notes=notes,
        counts=counts,
        fit=fitted,
        columns=modelfile.described(fitted.estimator),
        baseline=known,
        baselines=list(others),
        scores=rows,
        truth=test.y,
        predictions=found,
        importance=importance(fitted.estimator, task.kind, test.frame, test.y, args.seed),
        verdict=scores.verdict(task.kind, rows, list(others), len(test.y)),
    )


def keep(args: argparse.Namespace, report: Report) -> None:
    """Write model and report, each whole or not at all."""
    text = None if args.no_report else page(report).encode()
    notes = {
        "targets": args.target,
        "why": report.task.why,
        "rows": report.counts,
        "baseline": report.baseline,
        "scores": [[score.name, score.shown()[0]] for score in report.scores],
        "trained": report.fit.ended,
        "seed": args.seed,
    }
    try:
        modelfile.save(report.fit.estimator, notes, args.output)
        print(f"The model is in {args.output}")
        if text is not None:
            files.write_atomically(check_output("--report", args.report, REPORT_ENDINGS, []), [text])
            print(f"The report is in {args.report}")
    except OSError as error:
        raise CommandError(
            f"{error.filename or args.output} could not be written: {error.strerror or error}"
        ) from error
