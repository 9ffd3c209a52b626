"""``python -m dlcore``: the command ``dlcore`` without its script on the path."""

import sys

from dlcore.cli import main

if __name__ == "__main__":
    sys.exit(main())
