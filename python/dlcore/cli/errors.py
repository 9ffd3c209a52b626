"""What a command says when it cannot do its work, and how it ends."""

from __future__ import annotations

import importlib.util


class CommandError(Exception):
    """A command cannot do what was asked; the message is all that the user needs to see.

    ``exit_code`` is 1 where the machine lacks something and 2 where the command line is wrong.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def require_packages(packages: dict[str, str], extra: str, command: str) -> None:
    """Raise CommandError unless every package is installed.

    Parameters
    ----------
    packages : dict
        What is imported -> what it is called where packages are installed.
    extra : str
        The extra of dlcore that brings them all.
    command : str
        The command that needs them.
    """
    missing = [project for module, project in packages.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise CommandError(
            f"dlcore {command} needs {' and '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not "
            f"installed. Install what it needs with\n"
            f"    python -m pip install 'dlcore[{extra}]'\n"
            f"or, in a clone of dlcore,\n"
            f"    python -m pip install '.[{extra}]'"
        )
