"""The command ``dlcore``: models of tables, a course, a demonstration, a look at the installation, a comparison.

One module a command. For tables: :mod:`~dlcore.cli.train`, :mod:`~dlcore.cli.predict`, :mod:`~dlcore.cli.evaluate`,
:mod:`~dlcore.cli.show`. The others: :mod:`~dlcore.cli.learn`, :mod:`~dlcore.cli.demo`, :mod:`~dlcore.cli.info`,
:mod:`~dlcore.cli.bench`; what demo and bench compare with is :mod:`~dlcore.cli.handwritten`.
"""

from dlcore.cli.main import main

__all__ = ["main"]
