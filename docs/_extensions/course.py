"""The lessons as sphinx-gallery wants them: a folder of numbered scripts for each language."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from dlcore.lessons import LANGUAGES, find, lessons
from dlcore.lessons.player import play


def write_scripts(app: Sphinx, _config: Config) -> None:
    """Write ``_lessons/LANGUAGE/NN_name[_LANGUAGE].py``; ``_course/LANGUAGE.rst`` heads the gallery's page."""
    source = Path(app.srcdir)
    for language in LANGUAGES:
        folder = source / "_lessons" / language
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / "_course" / f"{language}.rst", folder / "GALLERY_HEADER.rst")
        for lesson in lessons(language):
            suffix = "" if language == "en" else f"_{language}"
            (folder / f"{lesson.number:02}_{lesson.name}{suffix}.py").write_text(lesson.source, "utf-8")


def write_page(app: Sphinx, _config: Config) -> None:
    """Let the lesson on backpropagation write its page, which one can step through, into ``_static/course``."""
    with contextlib.redirect_stdout(io.StringIO()):
        list(play(find("backpropagation"), Path(app.srcdir) / "_static" / "course"))


def speak_chinese(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Tell the browser which pages are in Chinese, so that it takes the right font."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx; the scripts are there before the gallery looks for them."""
    app.connect("config-inited", write_scripts, priority=1)
    app.connect("config-inited", write_page, priority=1)
    app.connect("html-page-context", speak_chinese)
    return {"version": "1", "parallel_read_safe": True}
