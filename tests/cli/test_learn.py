"""`dlcore learn`: the list, a lesson page by page, two languages, errors that help."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dlcore.cli import learn, main
from dlcore.lessons import lessons


def test_the_list(capsys):
    assert main(["learn"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for number, lesson in enumerate(lessons(), 1):
        assert lines[number - 1].startswith(f"{number}  {lesson.title}")
        assert lines[number - 1].endswith(lesson.subject)
    assert "dlcore learn backpropagation" in lines[-1]


def test_the_list_in_chinese(capsys):
    assert main(["learn", "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].startswith("4  反向传播")
    starts = {
        learn.columns(line[: line.index(lesson.subject)]) for line, lesson in zip(lines, lessons("zh"), strict=False)
    }
    assert len(starts) == 1, "the second column begins at one place, though a character takes two columns"


def test_a_lesson_without_a_terminal_runs_through(capsys, tmp_path):
    assert main(["learn", "chain-rule", "-o", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The chain rule\n====")
    assert "df/dw = 0.25" in out
    assert "To try" in out
    assert learn.GO_ON["en"] not in out


def test_in_a_terminal_enter_goes_on_and_q_ends(capsys, tmp_path, monkeypatch):
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    asked = []

    def answer(prompt):
        asked.append(prompt)
        return "" if len(asked) < 3 else "q"

    monkeypatch.setattr("builtins.input", answer)
    assert main(["learn", "3", "--lang", "zh", "-o", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert asked == [f"\n{learn.GO_ON['zh']} "] * 3
    assert "向后走，一个因子接一个因子" in out
    assert "梯度带做的是同一件事" not in out


def test_the_end_of_the_input_ends_a_lesson(monkeypatch):
    def no_more(prompt):
        raise EOFError

    monkeypatch.setattr("builtins.input", no_more)
    assert learn._wants_to_end("en")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["backprop"], "no lesson is called 'backprop'"),
        (["backprop"], "Did you mean backpropagation?"),
        (["0"], "there are 1 to 6: losses, descent"),
        (["1", "-o", __file__], "is no folder"),
    ],
)
def test_errors_that_help(arguments, message, capsys):
    assert main(["learn", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_a_picture_that_cannot_be_written_is_an_error(capsys, tmp_path, monkeypatch):
    def full(lesson, folder):
        yield "text"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(learn, "play", full)
    assert main(["learn", "1", "-o", str(tmp_path)]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_no_error(tmp_path):
    command = f"{sys.executable} -m dlcore learn 1 -o {tmp_path} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "Losses\n"
    assert done.stderr == ""
