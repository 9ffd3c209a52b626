"""The command ``dlcore``: a demonstration, a look at the installation and a small comparison.

One module a command: :mod:`~dlcore.cli.demo`, :mod:`~dlcore.cli.info`, :mod:`~dlcore.cli.bench`. What the first and
the last compare with is :mod:`~dlcore.cli.handwritten`.
"""

from dlcore.cli.main import main

__all__ = ["main"]
