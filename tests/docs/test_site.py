"""The site: built by its one command without a warning, every link leads somewhere, every public name is there."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

import dlcore
from dlcore.lessons import LANGUAGES, lessons

ROOT = Path(__file__).parents[2]
NEEDED = ("sphinx", "myst_parser", "sphinx_gallery", "numpydoc", "pydata_sphinx_theme")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
if MISSING:
    pytest.skip(f"the extra docs is not installed: {', '.join(MISSING)}", allow_module_level=True)


@pytest.fixture(scope="module")
def public_names() -> ModuleType:
    """The extension that checks the API's pages."""
    path = ROOT / "docs" / "_extensions" / "public_names.py"
    spec = importlib.util.spec_from_file_location("public_names", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The folder of the built pages."""
    folder = tmp_path_factory.mktemp("docs")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.setdefault("VIRTUAL_ENV", sys.prefix)
    done = subprocess.run(
        [ROOT / "tools" / "docs", folder], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, "\n".join(re.findall(r".*(?:WARNING|ERROR|rror:).*", done.stdout + done.stderr))
    return folder / "html"


def pages(site: Path) -> dict[Path, str]:
    """Path -> text; a theme keeps templates among its static files, which are no pages."""
    paths = [path for path in site.rglob("*.html") if path.name != "webpack-macros.html"]
    return {path: path.read_text("utf-8") for path in paths}


@pytest.mark.slow
def test_every_link_leads_somewhere(site):
    texts = pages(site)
    anchors = {path: set(re.findall(r'\bid="([^"]*)"', text)) for path, text in texts.items()}
    assert len(texts) > 50
    for page, text in texts.items():
        for target in set(re.findall(r'(?:href|src)="([^"]*)"', text)):
            if re.match(r"[a-z]+:|#?$", target):
                continue
            path, _, anchor = unquote(target.partition("?")[0] if "#" not in target else target).partition("#")
            found = (page.parent / path).resolve() if path else page
            assert found.exists(), f"{page.relative_to(site)} -> {target}"
            if anchor and found in anchors:
                assert anchor in anchors[found], f"{page.relative_to(site)} -> {target}"


@pytest.mark.slow
def test_nothing_is_fetched_from_elsewhere(site):
    """Scripts, styles, fonts and pictures lie beside the pages; only links that one clicks may leave."""
    for page, text in pages(site).items():
        loaded = re.findall(r'<(?:script|link|img|iframe)\b[^>]*?(?:src|href)="((?:https?:)?//[^"]*)"', text)
        assert not loaded, f"{page.relative_to(site)} loads {loaded}"
    for style in site.rglob("*.css"):
        assert not re.search(r"@import\s+url\(['\"]?https?:|src:\s*url\(['\"]?https?:", style.read_text("utf-8")), style


@pytest.mark.slow
def test_every_public_name_is_in_the_inventory(site, public_names):
    from sphinx.util.inventory import InventoryFile

    with open(site / "objects.inv", "rb") as file:
        inventory = InventoryFile.load(file, "", os.path.join)
    documented = {name for kind, names in inventory.items() if kind.startswith("py:") for name in names}
    assert not {name for name, _ in public_names.public_objects()} - documented
    assert {f"dlcore.{name}" for name in dlcore.__all__} <= documented


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_course_is_there_with_what_it_prints(site, language):
    for lesson in lessons(language):
        name = f"{lesson.number:02}_{lesson.name}" + ("" if language == "en" else f"_{language}")
        page = site / ("course" if language == "en" else f"{language}/course") / f"{name}.html"
        text = page.read_text("utf-8")
        assert f"<h1>{lesson.title}" in text
        assert f'lang="{"en" if language == "en" else "zh-CN"}"' in text
        assert "sphx-glr-script-out" in text
    assert "0.082167041" in (page.parent / page.name.replace("06_schedules", "04_backpropagation")).read_text("utf-8")


def test_what_is_public(public_names):
    names = dict(public_names.public_objects())
    assert names["dlcore.Sequential"] is names["dlcore.models.Sequential"] is dlcore.Sequential
    assert {"dlcore.losses.huber", "dlcore.ops.dense", "dlcore.optimizers.schedules.OneCycle"} <= names.keys()
    assert not {name for name in names if name.rpartition(".")[2].startswith("_")} - {"dlcore.__version__"}


def test_an_object_is_documented_where_it_is_defined(public_names):
    catalogue = public_names.Catalogue()
    assert catalogue.home("dlcore.Sequential") == "dlcore.models.Sequential"
    assert catalogue.home("dlcore.metrics.huber") == "dlcore.losses.huber"
    assert catalogue.home("dlcore.initializers.zeros") == "dlcore.initializers.Zeros"
    assert "fit" in catalogue.added(dlcore.Model)
    assert "fit" not in catalogue.added(dlcore.Sequential)


def test_every_public_object_has_a_docstring(public_names):
    assert list(public_names.undocumented(public_names.Catalogue())) == []


def test_a_name_without_page_or_docstring_is_found(public_names, monkeypatch):
    def new(x):
        return x

    class Bare(dlcore.Loss):
        """A class whose method says nothing."""

        def method(self):
            pass

    new.__module__ = Bare.__module__ = "dlcore.losses"
    for name, thing in (("new", new), ("Bare", Bare)):
        monkeypatch.setattr(dlcore.losses, name, thing, raising=False)
    monkeypatch.setattr(dlcore.losses, "__all__", [*dlcore.losses.__all__, "new", "Bare"])
    catalogue = public_names.Catalogue()
    assert set(public_names.undocumented(catalogue)) == {"dlcore.losses.new", "dlcore.losses.Bare.method"}
    said = []
    monkeypatch.setattr(public_names.logger, "warning", lambda text, *values: said.append(text % values))

    class Application:
        public_catalogue = catalogue

    class Environment:
        public_documented = dict.fromkeys(catalogue.objects.keys() - {"dlcore.losses.new"})

    public_names.check(Application(), Environment())
    assert said == [
        "dlcore.losses.new is public, but on no page of docs/api",
        *(f"{name} is public, but has no docstring" for name in public_names.undocumented(catalogue)),
    ]
