"""A lesson is a script: its cells, its two languages, and how one finds it."""

from __future__ import annotations

import re

import pytest

from dlcore.lessons import LANGUAGES, find, lessons
from dlcore.lessons.script import FOLDER, NAMES, _cells

SCRIPT = '''"""
Title
=====

What it is about,
in a sentence.
"""

import math

# %%
# A section
# ---------
#
# Text::
#
#     a formula

x = 1
# a comment of the code
print(x)

# %%
# Only text
'''


def test_a_script_falls_into_cells():
    first, second, third = _cells(SCRIPT)
    assert first.text.startswith("Title\n=====\n\nWhat it is about,")
    assert first.code == "import math"
    assert second.text == "A section\n---------\n\nText::\n\n    a formula"
    assert second.code == "x = 1\n# a comment of the code\nprint(x)"
    assert third == ("Only text", "")


@pytest.mark.parametrize("name", NAMES)
def test_the_pieces_make_the_script_again(name):
    lesson = find(name)
    assert _cells(lesson.source) == lesson.cells
    assert [cell.code for cell in _cells((FOLDER / f"{name}.py").read_text("utf-8"))] == [c.code for c in lesson.cells]


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_short_and_has_what_a_lesson_has(name):
    assert len((FOLDER / f"{name}.py").read_text("utf-8").splitlines()) < 120
    lesson = find(name)
    assert re.fullmatch(r"=+", lesson.cells[0].text.split("\n")[1])
    assert lesson.subject.endswith(".")
    assert "::" in "".join(cell.text for cell in lesson.cells), "a formula"
    assert "print(" in "".join(cell.code for cell in lesson.cells), "numbers"
    assert lesson.cells[-1].text.startswith("To try\n"), "exercises"


@pytest.mark.parametrize("name", NAMES)
def test_the_chinese_text_fits_the_code(name):
    english, chinese = find(name), find(name, "zh")
    assert [cell.code for cell in chinese.cells] == [cell.code for cell in english.cells]
    assert _cells(chinese.source) == chinese.cells
    for here, there in zip(english.cells, chinese.cells, strict=True):
        assert re.search("[\u4e00-\u9fff]", there.text) or there.text.startswith("Adam\n")
        # Each has a section's title where the other has one, and as many formulas and exercises.
        assert bool(re.search("^(=+|-+)$", here.text, flags=re.M)) == bool(
            re.search("^(=+|-+)$", there.text, flags=re.M)
        )
        assert len(re.findall("^    ", here.text, flags=re.M)) == len(re.findall("^    ", there.text, flags=re.M))
        assert len(re.findall(r"^\d\. ", here.text, flags=re.M)) == len(re.findall(r"^\d\. ", there.text, flags=re.M))


def test_every_module_of_the_folder_is_a_lesson_or_its_machinery():
    assert {path.stem for path in FOLDER.glob("*.py")} == {*NAMES, "__init__", "script", "player"}
    assert {path.stem for path in (FOLDER / "zh").iterdir()} == set(NAMES)


@pytest.mark.parametrize("wanted", ["3", 3, "chain_rule", "chain-rule", "Chain rule"])
def test_a_lesson_is_found_by_number_and_name(wanted):
    assert find(wanted).name == "chain_rule"
    assert find(wanted).number == 3


@pytest.mark.parametrize(("wanted", "hint"), [("backprop", "backpropagation"), ("schedule", "schedules"), ("7", None)])
def test_what_is_not_found_is_suggested(wanted, hint):
    with pytest.raises(ValueError, match=rf"no lesson is called '{wanted}'; there are 1 to 6: losses, ") as caught:
        find(wanted)
    assert ("Did you mean" in str(caught.value)) == (hint is not None)
    assert hint is None or str(caught.value).endswith(f"Did you mean {hint}?")


def test_an_unknown_language():
    with pytest.raises(ValueError, match="language must be one of en, zh; got 'de'"):
        lessons("de")
    assert LANGUAGES == ("en", "zh")
