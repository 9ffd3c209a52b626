"""The page: sections of a report, put together. Everything that comes from the data is escaped."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path

import numpy as np

import dlcore
from dlcore.cli.importance import MEASURED
from dlcore.cli.report import figures
from dlcore.cli.report.content import Report

#: Nothing may be fetched or run, whatever stands in the page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"

STYLE = Path(__file__).with_name("style.css")


def page(report: Report) -> str:
    """The report as one HTML document."""
    target = ", ".join(report.args.target)
    parts = [
        _result(report),
        _errors(report),
        _learning(report),
        _importance(report),
        _data(report),
        _columns(report),
        _use(report),
    ]
    made = f"Made by dlcore {dlcore.__version__} with Python {platform.python_version()} on {date.today().isoformat()}."
    body = "\n".join(part for part in parts if part)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(target)}: what was learned</title>
<style>
{STYLE.read_text("utf-8")}</style>
</head>
<body>
<main>
<header>
<p class="kind">{escape(report.task.kind)}</p>
<h1>{escape(target)}</h1>
<p class="verdict">{escape(report.verdict)}</p>
</header>
{body}
<footer>{escape(made)}</footer>
</main>
</body>
</html>
"""


def _section(title: str, *content: str) -> str:
    inner = "\n".join(part for part in content if part)
    return f"<section>\n<h2>{escape(title)}</h2>\n{inner}\n</section>"


def _paragraph(text: str, kind: str = "") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f"<p{shown}>{escape(text)}</p>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table whose first column names its rows."""
    titles = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    lines = []
    for first, *cells in rows:
        data = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{data}</tr>')
    body = "\n".join(lines)
    return (
        f'<div class="scroll"><table class="{kind}"><thead><tr>{titles}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _figure(drawing: str, caption: str) -> str:
    return f'<figure><div class="scroll">{drawing}</div>\n<figcaption>{escape(caption)}</figcaption></figure>'


def _result(report: Report) -> str:
    head = ["score", "model", *report.baselines, ""]
    rows = [[score.name, *score.shown(), score.direction] for score in report.scores]
    where = f"the {report.counts['test']} rows of the test"
    if report.args.test is not None:
        where += f", from {report.args.test}"
    return _section(
        "Result",
        _paragraph(f"Scores on {where}, none of which the model had seen, next to guesses that know no other column."),
        _table(head, rows, "scores"),
    )


def _errors(report: Report) -> str:
    truth, values = report.truth, report.predictions.values
    if report.task.kind == "classification":
        names = _class_names(report)
        places = {name: place for place, name in enumerate(names)}
        counts = np.zeros((len(names), len(names)), np.int64)
        for true, predicted in zip(truth.astype(str), values.astype(str), strict=True):
            counts[places[true], places[predicted]] += 1
        if len(names) > figures.CLASSES:
            return _section(
                "Which classes are mistaken for which",
                _figure(figures.confusions(counts, names), "The most frequent mistakes in the test."),
            )
        caption = "Rows of the test by what they are and what was predicted. Right predictions are on the diagonal."
        return _section(
            "Which classes are mistaken for which", _figure(figures.confusion_matrix(counts, names), caption)
        )
    if report.task.kind == "multilabel":
        right = [
            [name, f"{(t == p).mean():.1%}", f"{t.mean():.1%}", f"{p.mean():.1%}"]
            for name, t, p in zip(report.args.target, truth.T, values.T, strict=True)
        ]
        return _section("Label by label", _table(["label", "right", "are 1", "predicted as 1"], right, "scores"))
    drawn = []
    columns = zip(report.args.target, truth.reshape(len(truth), -1).T, values.reshape(len(truth), -1).T, strict=True)
    for name, actual, predicted in columns:
        spots = _figure(
            figures.predicted_against_actual(actual, predicted, name),
            f"A point for each row of the test ({min(len(actual), figures.POINTS)} of {len(actual)}). "
            "On the line, predictions are right.",
        )
        bars = _figure(
            figures.residuals(actual, predicted, name),
            "By how much predictions are off, and how often. Left of the line they are too low, right of it too high.",
        )
        drawn.append(f'<div class="pair">\n{spots}\n{bars}\n</div>')
    return _section("Where it is right and where it errs", *drawn)


def _class_names(report: Report) -> list[str]:
    """The classes in the model's order, then those of the test that it does not know."""
    known = [str(label) for label in report.fit.estimator.classes_]
    return known + sorted(set(report.truth.astype(str)) - set(known))


def _learning(report: Report) -> str:
    drawing = figures.learning_curves(report.fit.curves, report.fit.best, "loss")
    caption = (
        f"The loss of each pass through the rows. Trained {report.fit.ended}; the dot marks the best epoch, "
        f"{report.fit.best + 1}, whose weights are in the model. Where the validation rows get worse while the "
        "training rows get better, a net learns rows by heart."
    )
    net = report.fit.estimator.model_
    sizes = [str(net.input_shape[-1]), *(str(layer.units) for layer in net.layers if hasattr(layer, "units"))]
    weights = sum(weight.size for weight in net.weights)
    facts = [
        ["net", f"{' → '.join(sizes)} units, {weights:,} weights"],
        ["optimizer", type(net.optimizer).__name__],
        ["seed", f"{report.args.seed}: the same table and seed give the same model, bit for bit"],
    ]
    return _section("How it learned", _figure(drawing, caption), _table(["", ""], facts, "facts"))


def _importance(report: Report) -> str:
    if not report.importance:
        return ""
    measured = MEASURED[report.task.kind]
    return _section(
        "What the model looks at",
        _figure(
            figures.bars(report.importance, f"fall of {measured}"),
            f"By how much {measured} falls in the test when the values of a column are shuffled among the rows; ± is "
            "the standard deviation of several shuffles. Columns that say the same can stand in for one another, and "
            "then both look unimportant.",
        ),
    )


def _data(report: Report) -> str:
    rows, columns = report.shape
    counts = report.counts
    facts = [
        ["file", str(report.args.data)],
        ["read as", report.read],
        ["size", f"{rows:,} rows, {columns} columns"],
        ["target", f"{', '.join(report.args.target)}: {report.task.kind}, since {report.task.why}"],
        [
            "rows",
            "{train:,} to train on, {validation:,} to stop in time, {test:,} for the test".format(**counts),
        ],
    ]
    if report.args.drop:
        facts.append(["left out", ", ".join(report.args.drop)])
    if report.args.weights:
        facts.append(["weights", report.args.weights])
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    return _section("The data", _table(["", ""], facts, "facts"), f'<ul class="notes">{notes}</ul>' if notes else "")


def _columns(report: Report) -> str:
    rows = [
        [
            str(column["name"]),
            str(column["kind"]),
            f"{column['missing']:,}" if column["missing"] else "",
            str(column["text"]),
        ]
        for column in report.columns
    ]
    return _section(
        "What was done to the columns",
        _paragraph("Learned from the training rows alone, kept in the model, and done to every table it predicts for."),
        _table(["column", "kind", "missing", "what was done"], rows, "columns"),
    )


def _use(report: Report) -> str:
    model = str(report.args.output)
    shell = f"dlcore predict {shlex.quote(model)} new.csv -o predictions.csv"
    python = "\n".join(
        [
            "import pandas",
            "import dlcore",
            "",
            f"model = dlcore.load_model({model!r})",
            'print(model.predict(pandas.read_csv("new.csv")[model.feature_names_in_]))',
        ]
    )
    return _section(
        "How to use the model",
        _paragraph("The table needs the same columns, in any order; others are passed by. In a shell:"),
        f"<pre><code>{escape(shell)}</code></pre>",
        _paragraph("In Python:"),
        f"<pre><code>{escape(python)}</code></pre>",
    )
