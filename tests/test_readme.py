"""The README is true: its examples run and print what they say, its commands and links are there."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

import dlcore
from dlcore.cli import main
from dlcore.cli.bench import CASES

ROOT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").rglob("*.md"))),
)
README = (ROOT / "README.md").read_text("utf-8")
TEXTS = {page: (ROOT / page).read_text("utf-8") for page in PAGES}
EXAMPLES = [found for text in TEXTS.values() for found in re.findall(r"^```python\n(.*?)^```", text, flags=re.M | re.S)]


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: source.split("\n", 1)[0][:40])
def test_the_examples_run_and_print_what_they_say(source, tmp_path, monkeypatch):
    """`print(...)  # text` promises the text; numbers after # are compared as they are printed."""
    monkeypatch.chdir(tmp_path)
    promised = re.findall(r"^print\(.*\)  # (.*)$", source, flags=re.M)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "README.md", "exec"), {"__name__": "readme"})
    lines = printed.getvalue().splitlines()
    assert promised, "an example shows what it prints"
    assert lines[-len(promised) :] == promised


@pytest.mark.parametrize("page", [page for page in PAGES if "\ndlcore train " in TEXTS[page]])
def test_the_commands_run_and_say_what_is_shown(page, tmp_path, monkeypatch, capsys):
    """Line by line, in one folder. Numbers may differ: they are what this machine's core computes."""
    pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```sh\n((?:(?:dlcore|python -c) [^\n]+\n)+)```\n(?:\n```text\n(.*?)^```)?", TEXTS[page], re.M | re.S
    )
    assert blocks
    for commands, promised in blocks:
        for command in commands.splitlines():
            first, *words = shlex.split(command)
            if first == "python":
                exec(words[1], {})
            else:
                assert main(words) == 0, command
        said = capsys.readouterr().out
        assert not promised or shape(said) == shape(promised)


def shape(text: str) -> list[str]:
    """The words of each line, with # for every number."""
    lines = [" ".join(re.sub(r"-?\d[\d.,]*(e-?\d+)?%?", "#", line).split()) for line in text.splitlines()]
    return [re.sub("^Trained .*", "Trained", line) for line in lines]


def test_there_are_examples_of_both_ways_in():
    assert any("dlcore.Sequential" in source for source in EXAMPLES)
    assert any("dlcore.ops" in source or "from dlcore import ops" in source for source in EXAMPLES)


def test_the_two_commands_stand_alone_on_a_line():
    lines = README.splitlines()
    assert "python -m pip install '.[demo]' && python -m dlcore demo" in lines
    assert lines.count("python -m pip install '.[test]' && python -m pytest") == 1


@pytest.mark.parametrize("name", CASES)
def test_the_measured_table_is_what_the_command_prints(name):
    measured, _, _ = README.partition("### Beside the frameworks")
    (row,) = (line for line in measured.splitlines() if line.startswith(f"| {name} {CASES[name].label} "))
    assert re.fullmatch(r"\|[^|]+(\| +[\d.]+ ){3}(\| +[\d.]+x ){2}\|", row)
    assert "\npython -m dlcore bench\n" in README


def test_the_frameworks_table_repeats_that_of_performance():
    """Time, best peer, ratio and share of the peak of each training step, as docs/performance.md has them."""
    _, _, beside = README.partition("### Beside the frameworks")
    rows = [line.strip("| ").split(" | ") for line in beside.splitlines() if re.search(r" b\d+ \|", line)]
    table = (ROOT / "docs" / "performance.md").read_text("utf-8").partition("| training step")[2].partition("\n\n")[0]
    head, _, *lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in table.splitlines()]
    assert len(rows) == len(lines) > 5
    for (name, native, best, faster, share), cells in zip(rows, lines, strict=True):
        took, peer = re.fullmatch(r"([\d.,]+) \((.+)\)", best).groups()
        column = dict(zip(head, cells[1:], strict=True))
        assert (cells[0], column["native"], column[peer]) == (name, native, took)
        assert (cells[-2], cells[-1]) == (f"{faster} ({peer})", share)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page):
    text = (ROOT / page).read_text("utf-8")
    for name in re.findall(r"`((?:cpp|python|tests|tools|docs|bench)/[\w./-]+)`", text):
        if not re.search(r"NAME", name):
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", PAGES)
def test_names_that_are_mentioned_exist(page):
    for name in re.findall(r"`dlcore\.([\w.]+)(?:\([^`]*\))?`", TEXTS[page]):
        value = dlcore
        for part in name.split("."):
            value = getattr(value, part)


def test_the_readme_in_chinese_has_the_same_blocks_and_headings():
    """Its code is that of the README, block for block; only the prose is another."""
    chinese = TEXTS["README.zh-CN.md"]
    blocks = r"^```\w*\n.*?^```$"
    assert re.findall(blocks, chinese, flags=re.M | re.S) == re.findall(blocks, README, flags=re.M | re.S)
    headings = [[len(marks) for marks in re.findall(r"^(#+) ", re.sub(blocks, "", text, flags=re.M | re.S), flags=re.M)]
                for text in (README, chinese)]  # fmt: skip
    assert headings[0] == headings[1]
    numbers = [re.findall(r"^\| \w+ [\d-]+ b\d+ .*$", text, flags=re.M) for text in (README, chinese)]
    assert numbers[0] == numbers[1] != []
    assert "(README.zh-CN.md)" in README
    assert "(README.md)" in chinese
