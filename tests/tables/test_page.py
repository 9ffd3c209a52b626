"""docs/tables.md shows what its first example prints."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text("utf-8")


def test_the_account_is_the_one_that_is_shown(capsys):
    example = re.search(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)
    shown = re.search(r"^```text\n(.*?)^```", PAGE, flags=re.M | re.S)
    exec(compile(example[1], "tables.md", "exec"), {"__name__": "page"})
    assert capsys.readouterr().out == shown[1] + "True\n"
