"""``dlcore predict``: a model's predictions for the rows of a table."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlcore import files
from dlcore.cli import modelfile
from dlcore.cli.arguments import add_reading, column_names
from dlcore.cli.errors import CommandError
from dlcore.cli.frames import check_output, load, require_columns, require_extra
from dlcore.cli.modelfile import Loaded
from dlcore.cli.predictions import features, predict
from dlcore.cli.scores import Predictions

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands

ENDINGS = (".csv", ".tsv", ".parquet")

EPILOG = """\
The table needs the columns that the model looks at (dlcore show lists them), in any order; others are passed by.
There is one line for each row of the table, in its order. The column with the predictions is called like the target
("prediction" if the file does not say what that was), or predicted_TARGET if --keep keeps a column of that name.

examples:
  dlcore predict wine.safetensors new.csv -o predictions.csv
  dlcore predict wine.safetensors new.csv --keep id --proba -o predictions.csv
  dlcore predict wine.safetensors new.parquet | head
"""


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "predict",
        help="predict for the rows of a table, with a model that dlcore train made",
        description="Write what a model predicts for each row of a table.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="the file that dlcore train wrote")
    parser.add_argument("data", type=Path, metavar="DATA", help="the table")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=f"where the predictions go: {', '.join(ENDINGS)} (default: to standard output, as CSV)",
    )
    parser.add_argument(
        "--proba", action="store_true", help="add a column with the probability of each class: probability_CLASS"
    )
    parser.add_argument(
        "--keep",
        type=column_names,
        default=[],
        metavar="COLUMNS",
        help="columns of the table to put first, such as ids",
    )
    add_reading(parser)
    parser.set_defaults(check=check, run=run)


def check(args: argparse.Namespace) -> None:
    """Refuse what would fail only at the end."""
    require_extra("predict")
    if args.output is not None:
        check_output("--output", args.output, ENDINGS, [args.data, args.model])


def run(args: argparse.Namespace) -> None:
    """Read, predict, write."""
    model = modelfile.load(args.model)
    if args.proba and (model.kind == "regression" or not hasattr(model.estimator, "predict_proba")):
        raise CommandError("--proba: this model predicts numbers or scores, which have no probabilities", exit_code=2)
    frame = load(args.data, args, model.text_columns)
    require_columns(frame, args.keep, "--keep", args.data)
    table = features(model, frame, args.data)
    found = predict(model.estimator, model.kind, table, args.data)
    result = frame[args.keep].copy()
    for name, values in named(model, found, args.proba).items():
        result[f"predicted_{name}" if name in args.keep else name] = values
    if args.output is None:
        sys.stdout.write(result.to_csv(index=False))
    else:
        write(result, args.output)
        print(f"{len(result)} predictions are in {args.output}", file=sys.stderr)


def named(model: Loaded, found: Predictions, proba: bool) -> dict[str, Any]:
    """The columns of the result."""
    values = found.values.reshape(len(found.values), -1)
    width = values.shape[1]
    names = model.targets
    if len(names) != width:
        names = ["prediction"] if width == 1 else [f"prediction_{k}" for k in range(width)]
    columns = {name: values[:, k] for k, name in enumerate(names)}
    if proba and found.probabilities is not None:
        classes = names if model.kind == "multilabel" else [str(label) for label in model.estimator.classes_]
        columns |= {f"probability_{label}": found.probabilities[:, k] for k, label in enumerate(classes)}
    return columns


def write(frame: Any, path: Path) -> None:
    """Write a table to a file, whole or not at all.

    Raises
    ------
    CommandError
        If the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending == ".parquet":
        require_extra("predict")
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        content = buffer.getvalue()
    else:
        content = frame.to_csv(index=False, sep="\t" if ending == ".tsv" else ",").encode()
    try:
        files.write_atomically(files.check_target(path), [content])
    except OSError as error:
        raise CommandError(f"{path} could not be written: {error.strerror or error}") from error
