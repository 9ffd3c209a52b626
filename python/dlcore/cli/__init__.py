"""The command ``dlcore``: a demonstration, a look at the installation, a small comparison, a course.

One module a command: :mod:`~dlcore.cli.demo`, :mod:`~dlcore.cli.info`, :mod:`~dlcore.cli.bench`,
:mod:`~dlcore.cli.learn`. What demo and bench compare with is :mod:`~dlcore.cli.handwritten`.
"""

from dlcore.cli.main import main

__all__ = ["main"]
