"""Files of arrays and a JSON document: written whole or not at all, and read only if they are whole."""

from __future__ import annotations

from dlcore.files.atomic import FOREIGN_SUFFIXES, check_target, write_atomically
from dlcore.files.container import Contents, read, read_tensors, write

__all__ = ["FOREIGN_SUFFIXES", "Contents", "check_target", "read", "read_tensors", "write", "write_atomically"]
