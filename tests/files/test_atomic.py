from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from dlcore.files import atomic, check_target, write_atomically


def fail(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_is_written_and_replaced(tmp_path):
    target = tmp_path / "a.bin"
    write_atomically(target, [b"old"])
    write_atomically(target, [b"n", memoryview(b"ew")])
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    monkeypatch.setattr(atomic.os, step, fail)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(target, [b"new"])
    assert caught.value.filename == str(target)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_an_interrupt_while_writing_leaves_nothing(tmp_path):
    def parts():
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.bin", parts())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_process_killed_in_the_middle_leaves_the_old_file(tmp_path, step):
    target = tmp_path / "a.bin"
    target.write_bytes(b"old")
    program = (
        "import os, sys, pathlib; from dlcore.files import atomic; "
        f"atomic.os.{step} = lambda *a: os.kill(os.getpid(), 9); "
        "atomic.write_atomically(pathlib.Path(sys.argv[1]), [b'new' * 1000])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(target)], check=False, timeout=60)
    assert done.returncode == -9
    assert target.read_bytes() == b"old"


def test_folders_that_cannot_be_synced_are_no_reason_to_fail(tmp_path, monkeypatch):
    real, folders = os.fsync, []

    def fsync(handle):
        if os.path.isdir(f"/proc/self/fd/{handle}") or folders:
            raise OSError(errno.EINVAL, "not here")
        folders.append(handle)
        real(handle)

    monkeypatch.setattr(atomic.os, "fsync", fsync)
    write_atomically(tmp_path / "a.bin", [b"new"])
    assert (tmp_path / "a.bin").read_bytes() == b"new"


def test_targets(tmp_path):
    assert check_target(tmp_path / "x") == tmp_path.resolve() / "x"
    (tmp_path / "there").touch()
    assert check_target(tmp_path / "there").name == "there"
    with pytest.raises(FileExistsError, match="overwrite=True"):
        check_target(tmp_path / "there", overwrite=False)
    with pytest.raises(IsADirectoryError, match="where a folder is"):
        check_target(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        check_target(tmp_path / "nowhere" / "x")


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "M.H5", "m.weights.h5", "m.hdf5"])
def test_keras_formats_are_not_pretended(tmp_path, name):
    with pytest.raises(ValueError, match=r"not in Keras's .keras or .h5; let the name end in .safetensors"):
        check_target(tmp_path / name)


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(check_target(tmp_path / "link"), [b"new"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_long_names_are_as_good_as_short_ones(tmp_path):
    name = "n" * 250
    write_atomically(tmp_path / name, [b"new"])
    assert os.listdir(tmp_path) == [name]
