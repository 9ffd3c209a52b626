"""Tables and models that the tests of several commands look at; each is made once, and none is changed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from dlcore import utils


class Trained(NamedTuple):
    """A folder with a table, and what ``dlcore train`` made of it."""

    folder: Path
    data: Path
    model: Path
    report: Path
    said: str


def train(folder: Path, *options: str) -> Trained:
    from contextlib import redirect_stdout
    from io import StringIO

    from .tables import exit_code, houses

    paths = [folder / name for name in ("houses.csv", "model.safetensors", "model.html")]
    houses().to_csv(paths[0], index=False)
    utils.clear_session()
    with redirect_stdout(StringIO()) as said:
        assert exit_code("train", paths[0], "-o", paths[1], *options) == 0
    return Trained(folder, *paths, said.getvalue())


@pytest.fixture(scope="session")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A regression."""
    return train(tmp_path_factory.mktemp("prices"), "--target", "price", "--drop", "quality")


@pytest.fixture(scope="session")
def qualities(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A classification of text."""
    return train(tmp_path_factory.mktemp("qualities"), "--target", "quality", "--drop", "price,id")
