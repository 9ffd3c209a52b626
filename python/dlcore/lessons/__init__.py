"""The course in six lessons: each is a script that one can read, run, and see as a page of the documentation.

A lesson is a module in the format of sphinx-gallery: the docstring and the comments that begin with ``# %%`` are its
text, in reStructuredText, and what is between them is code. The text in Chinese is in ``zh/NAME.rst``, its pieces in
the same order; the code is the same in every language. ``dlcore learn`` runs them (:mod:`~dlcore.lessons.player`), the
documentation shows them with what they print and draw.
"""

from __future__ import annotations

from dlcore.lessons.script import LANGUAGES, Cell, Lesson, find, lessons

__all__ = ["LANGUAGES", "Cell", "Lesson", "find", "lessons"]
