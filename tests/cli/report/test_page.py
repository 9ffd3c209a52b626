"""The report: one page that is whole, needs nothing else, runs nothing, and says what the command line said."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest

from ..tables import HOSTILE, exit_code, houses

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Tags in balance, their attributes, and the text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.text.append(data)


@pytest.fixture(params=["prices", "qualities"])
def trained(request):
    return request.getfixturevalue(request.param)


def read(path):
    text = path.read_text("utf-8")
    return text, Page(text)


def test_the_page_is_whole_and_needs_nothing_else(trained):
    text, page = read(trained.report)
    assert text.startswith("<!DOCTYPE html>")
    assert text.endswith("</html>\n")
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "a"} & set(page.tags)
    for name, value in page.attributes:
        assert name not in ("src", "href", "srcset", "action", "xlink:href", "data")
        assert not name.startswith("on"), f"{name} runs something"
        assert "://" not in (value or "")
    assert not re.search(r"url\(|@import|https?:|//[a-z]", text)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


def test_what_comes_from_the_data_is_text(trained):
    text, page = read(trained.report)
    assert HOSTILE not in text
    assert html.escape(HOSTILE) in text
    assert "<b>" not in text
    assert "<best>" not in text
    assert HOSTILE in "".join(page.text)


def test_the_page_says_what_the_command_line_said(trained):
    _, page = read(trained.report)
    text = re.sub(r"\s+", " ", " ".join(page.text))
    table = trained.said.split("\n\n")[1].splitlines()
    for line in table[1:]:
        for part in re.split(r"\s{2,}", line.strip()):
            assert part in text
    verdict = trained.said.split("\n\n")[2]
    for part in (verdict, str(trained.data), str(trained.model), "dlcore predict", "dlcore.load_model", "area m²"):
        assert part in text
    assert "What was done to the columns" in text
    assert "What the model looks at" in text
    assert "one for" in text, "missing cells of a category are accounted for"


def test_figures_stand_in_the_page(prices, qualities):
    for trained, drawings in ((prices, 3), (qualities, 1)):
        text, page = read(trained.report)
        assert page.tags.count("svg") == drawings
        assert "nan" not in re.sub(r"<style>.*?</style>", "", text, flags=re.S).lower().replace("finance", "")
        labels = [value for name, value in page.attributes if name == "aria-label"]
        assert len(labels) == drawings
    assert 'class="matrix"' in text
    counts = [int(count) for count in re.findall(r'<td class="(?:hit|miss)[^>]*>(\d+)</td>', text)]
    assert sum(counts) == 48


def test_light_and_dark_and_paper(trained):
    text, _ = read(trained.report)
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text


def test_names_in_commands_are_quoted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    houses(60).to_csv("t.csv", index=False)
    options = ("--target", "price", "--epochs", "2", "-o", "my model's.safetensors", "--report", "r.html")
    assert exit_code("train", "t.csv", *options) == 0
    text = "".join(read(tmp_path / "r.html")[1].text)
    assert "dlcore predict 'my model'\"'\"'s.safetensors' new.csv" in text
    assert 'dlcore.load_model("my model\'s.safetensors")' in text
