"""Running a lesson: what is shown, what is printed, what is written, what is left out."""

from __future__ import annotations

import sys

import pytest

from dlcore.lessons import Cell, Lesson, find
from dlcore.lessons.player import as_plain_text, play


def lesson(*cells: tuple[str, str]) -> Lesson:
    return Lesson(1, "made_up", "en", tuple(Cell(text, code) for text, code in cells))


def test_text_and_code_come_before_the_numbers(tmp_path, capsys):
    player = play(lesson(("Title\n=====\n\nText.", "x = 2"), ("More.", "print(x + 1)\nx * 5")), tmp_path)
    assert next(player) == "Title\n=====\n\nText.\n\n    x = 2"
    assert next(player) == "More.\n\n    print(x + 1)\n    x * 5"
    assert capsys.readouterr().out == ""
    assert list(player) == [""]
    assert capsys.readouterr().out == "3\n10\n"
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_written_for_what_can_write_itself(tmp_path, capsys):
    code = "class Page:\n    __str__ = lambda self: 'as text'\n    to_html = lambda self: '<p>as a page</p>'\nPage()"
    list(play(lesson(("A page.", code)), tmp_path / "new" / "folder"))
    path = tmp_path / "new" / "folder" / "01_made_up_1.html"
    assert path.read_text("utf-8") == "<p>as a page</p>"
    assert capsys.readouterr().out == f"as text\n-> {path}\n"


def test_pictures_are_written_and_closed(tmp_path, capsys):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    code = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\nfigure, axes = plt.subplots()"
    list(play(lesson(("Two pictures.", code)), tmp_path))
    for name in ("01_made_up_1.png", "01_made_up_2.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
        assert name in capsys.readouterr().out or name.endswith("2.png")
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize(
    "name", ["losses", "descent", "chain_rule", "backpropagation", "momentum_to_adam", "schedules"]
)
def test_without_matplotlib_the_numbers_come_all_the_same(name, tmp_path, capsys, monkeypatch):
    list(play(find(name), tmp_path))
    with_pictures = capsys.readouterr().out
    for module in [module for module in sys.modules if module.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    list(play(find(name), tmp_path))
    without = capsys.readouterr().out
    numbers = [line for line in with_pictures.splitlines() if not line.startswith("->")]
    assert numbers == [line for line in without.splitlines() if not line.startswith(("->", "This section"))]
    for line in without.splitlines():
        assert not line.startswith("This section") or "dlcore[plots]" in line


def test_a_mistake_in_a_lesson_is_not_hidden(tmp_path):
    with pytest.raises(ZeroDivisionError):
        list(play(lesson(("Text.", "1 / 0")), tmp_path))


def test_text_for_a_terminal():
    text = "Use :class:`~dlcore.Variable` and ``|g|``::\n\n    a · b\n\n1. one\n2. two"
    assert as_plain_text(text, 80) == "Use dlcore.Variable and |g|:\n\n    a · b\n\n1. one\n2. two"
    assert as_plain_text("word " * 30, 40).count("\n") == 3
    assert as_plain_text("公式：\n\n::\n\n    a", None) == "公式：\n\n    a"
