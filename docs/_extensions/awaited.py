"""Pages that are listed before they arrive: those of rooms that are built at the same time.

Until a page or its room is there, its line in a toctree is left out. When all have arrived, this file can go.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

GUIDES = ("tables", "estimators", "cli", "files", "explain", "plots")
ROOMS = ("tables", "estimators", "handover")


def leave_out_rooms(_app: Sphinx, config: Config) -> None:
    """Do not read the API's pages of rooms that cannot be imported."""
    config.exclude_patterns += [f"api/{room}.rst" for room in ROOMS if find_spec(f"dlcore.{room}") is None]


def leave_out_lines(app: Sphinx, page: str, source: list[str]) -> None:
    """Take the lines of what is not there out of the two toctrees that have them."""
    missing: set[str] = set()
    if page == "howto/index":
        missing = {f"/{guide}" for guide in GUIDES if not (Path(app.srcdir) / f"{guide}.md").exists()}
    if page == "api/index":
        missing = {room for room in ROOMS if find_spec(f"dlcore.{room}") is None}
    source[0] = "\n".join(line for line in source[0].split("\n") if line not in missing)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", leave_out_rooms)
    app.connect("source-read", leave_out_lines)
    return {"version": "1", "parallel_read_safe": True}
