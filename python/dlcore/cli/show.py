"""``dlcore show``: what is in a file that dlcore wrote."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlcore.cli import modelfile
from dlcore.files import Contents
from dlcore.models.state import OPTIMIZER

if TYPE_CHECKING:
    from dlcore.cli.arguments import Commands

#: Columns that are listed before the rest is counted.
COLUMNS = 40

EPILOG = """\
Works for all files of dlcore: models of tables (dlcore train), what model.save and model.save_weights wrote, and the
states that callbacks keep of trainings. Nothing in a file is ever run.

example:
  dlcore show wine.safetensors
"""

KINDS = {
    "estimator": "a model of a table",
    "model": "a model",
    "weights": "weights without a model",
    "state": "the state of a training",
}


def add_parser(commands: Commands) -> None:
    """Add this command to the command line."""
    parser = commands.add_parser(
        "show",
        help="show what is in a file that dlcore wrote",
        description="Show what a file of dlcore holds: which kind it is, its layers and parameters; for a model of a\n"
        "table also its target, the columns it looks at and how it was trained.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("model", type=Path, metavar="FILE", help="a file that dlcore wrote")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Read and print."""
    contents = modelfile.read(args.model)
    document = contents.document
    kind = str(document.get("kind"))
    print(f"{args.model}: {KINDS.get(kind, kind)}")
    print(f"  written by dlcore {document.get('dlcore')}, format {document.get('format')}; the checksum is right")
    if kind == "estimator":
        from dlcore.cli.frames import require_extra

        require_extra("show")
        for line in table_lines(modelfile.load(args.model)):
            print(line)
    else:
        for line in [*layer_lines(contents), *training_lines(document)]:
            print(line)


def table_lines(model: modelfile.Loaded) -> Iterator[str]:
    """What is known of a model of a table."""
    estimator, notes = model.estimator, model.notes
    target = f" of {', '.join(model.targets)}" if model.targets else ""
    yield f"  {type(estimator).__name__}: {model.kind}{target}"
    if model.kind == "classification":
        classes = [str(label) for label in estimator.classes_]
        more = f", … ({len(classes)} in all)" if len(classes) > COLUMNS else ""
        yield f"  classes: {', '.join(classes[:COLUMNS])}{more}"
    if notes:
        yield f"  trained {notes.get('trained')}, seed {notes.get('seed')}"
        if isinstance(rows := notes.get("rows"), Mapping):
            yield "  rows: " + ", ".join(f"{count} {name}" for name, count in rows.items())
        if isinstance(found := notes.get("scores"), list):
            yield "  in the test: " + ", ".join(" ".join(map(str, score)) for score in found)
    yield ""
    described = modelfile.described(estimator) or [{"name": name, "kind": "", "text": ""} for name in model.columns]
    yield f"It looks at {len(described)} columns:"
    width = max(len(str(column["name"])) for column in described[:COLUMNS])
    for column in described[:COLUMNS]:
        yield f"  {column['name']:<{width}}  {column['kind']:<8}  {column['text']}".rstrip()
    if len(described) > COLUMNS:
        yield f"  … and {len(described) - COLUMNS} more"
    yield ""
    yield from summary(estimator.model_)


def summary(model: Any) -> list[str]:
    """The lines of a model's own summary, but for the last: how it would train is no matter of the file."""
    lines: list[str] = []
    model.summary(print_fn=lambda text, *_, **__: lines.extend(str(text).splitlines()))
    return lines[:-1]


def layer_lines(contents: Contents) -> Iterator[str]:
    """The layers of a file, as far as it describes them: no class of anyone's own needs to be known for that."""
    tensors, document = contents
    described = document.get("model")
    if isinstance(described, dict):
        yield f"  {described.get('class_name')}"
        config = described.get("config")
        for layer in config.get("layers", []) if isinstance(config, dict) else []:
            if isinstance(layer, dict) and isinstance(layer.get("config"), dict):
                facts = [
                    f"{name}={layer['config'][name]!r}" for name in ("units", "activation") if name in layer["config"]
                ]
                yield f"    {layer['config'].get('name')} ({layer.get('class_name')}{''.join(', ' + f for f in facts)})"
    held = {name: tensor for name, tensor in tensors.items() if not name.startswith(OPTIMIZER)}
    total = sum(tensor.size for tensor in held.values())
    yield f"  {total:,} numbers in {len(held)} arrays of weights:"
    for name, tensor in held.items():
        yield f"    {name}  {tensor.shape}  {tensor.dtype}"


def training_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """How far a training has come."""
    training = document.get("training")
    if isinstance(training, dict):
        yield f"  trained for {training.get('epochs')} epochs; the optimizer's state is kept"
    compiled = document.get("model", {}).get("compile_config") if isinstance(document.get("model"), dict) else None
    if isinstance(compiled, dict):
        optimizer, loss = compiled.get("optimizer"), compiled.get("loss")
        yield f"  compiled with {_name(optimizer)} and {_name(loss)}"
    position = document.get("position")
    if isinstance(position, dict):
        yield "  stands at " + ", ".join(f"{name} {value}" for name, value in position.items())


def _name(described: Any) -> str:
    return str(described.get("class_name")) if isinstance(described, dict) else str(described)
