"""The documentation site; build it with ``tools/docs``. Nothing is fetched: no inventories, fonts or scripts."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

import dlcore

project = "dlcore"
author = "dlcore developers"
copyright = "dlcore developers"
release = version = dlcore.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "public_names",
    "references",
    "plain_marks",
    "course",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_*", "*/_*"]

# --- The API's pages ---
autosummary_generate = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
add_module_names = False
toc_object_entries_show_parents = "hide"

# --- The course: its scripts come from dlcore.lessons, see _extensions/course.py ---
sphinx_gallery_conf = {
    "examples_dirs": ["_lessons/en", "_lessons/zh"],
    "gallery_dirs": ["course", "zh/course"],
    "filename_pattern": "",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "doc_module": ("dlcore",),
    "reference_url": {"dlcore": None},
    "image_scrapers": ("matplotlib",),
    "thumbnail_size": (400, 280),
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
}

# --- Markdown ---
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

# --- Looks ---
highlight_language = "none"  # what does not say its language: formulas
html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = "dlcore"
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
