"""A file replaced in one go: whoever looks finds the old one or the new one, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

#: Formats of Keras's own, which a file of ours must not be taken for.
FOREIGN_SUFFIXES = (".keras", ".h5", ".hdf5")


def check_target(path: str | os.PathLike[str], overwrite: bool = True) -> Path:
    """The place of a file to write, links followed.

    Raises
    ------
    ValueError
        If the name ends like one of Keras's formats.
    FileExistsError, FileNotFoundError, IsADirectoryError
        If there is such a file and it may not be overwritten, no such folder, or a folder of that name.
    """
    target = Path(os.path.realpath(path))
    if target.suffix.lower() in FOREIGN_SUFFIXES:
        raise ValueError(
            f"{os.fspath(path)}: files are written in the safetensors format, not in Keras's .keras or .h5; "
            "let the name end in .safetensors"
        )
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "cannot write a file where a folder is", str(target))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder to write a file into", str(target.parent))
    if target.exists() and not overwrite:
        raise FileExistsError(errno.EEXIST, "the file exists already; pass overwrite=True to replace it", str(target))
    return target


def write_atomically(target: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file beside the target, see it safely on the disk, and put it in the target's place.

    Raises
    ------
    OSError
        If that fails: the target is as it was then, and nothing is left beside it.
    """
    temporary = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(target)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """The new name is safe only once the folder is; some file systems cannot be asked."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
