"""The report on a training: one page of HTML that needs nothing else."""

from __future__ import annotations

from dlcore.cli.report.content import Report
from dlcore.cli.report.page import page

__all__ = ["Report", "page"]
