from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dlcore
from dlcore.backends import get_backend


def test_show_config(capsys, backend):
    dlcore.show_config()
    text = capsys.readouterr().out
    lines = dict(line.split(maxsplit=1) for line in text.splitlines())
    assert lines["dlcore"] == dlcore.__version__
    assert lines["backend"] == backend.name
    assert lines["threads"].split()[0] == str(backend.get_num_threads())
    assert {"numpy", "python", "platform"} <= lines.keys()
    file = io.StringIO()
    dlcore.show_config(file)
    assert file.getvalue() == text


def test_how_the_core_was_built():
    pytest.importorskip("dlcore._core")
    from dlcore.backends import native

    file = io.StringIO()
    dlcore.show_config(file)
    for name, value in native.build_info().items():
        assert f"core: {name}" in file.getvalue()
        assert value in file.getvalue()


def test_an_installation_without_the_core_shows_why(tmp_path):
    """A copy of the package without its compiled module, as an install without a compiler leaves it."""
    package = Path(dlcore.__file__).parent
    shutil.copytree(package, tmp_path / "dlcore", ignore=shutil.ignore_patterns("_core*", "__pycache__"))
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import dlcore; dlcore.show_config()"
    environment = {**os.environ, "DLCORE_BACKEND": "numpy", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no compiled module" in done.stdout
    assert "core:" not in done.stdout


def test_threads():
    before = dlcore.get_num_threads()
    dlcore.set_num_threads(1)
    assert dlcore.get_num_threads() == get_backend().get_num_threads() == 1
    for count, error in [(0, ValueError), (-1, ValueError), (1.5, TypeError)]:
        with pytest.raises(error, match="count"):
            dlcore.set_num_threads(count)
    assert dlcore.get_num_threads() == 1
    dlcore.set_num_threads(before)


def test_the_front_door():
    for name in dlcore.__all__:
        assert getattr(dlcore, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'tensorflow'"):
        dlcore.tensorflow  # noqa: B018


def test_keras_backend_says_the_same():
    assert dlcore.backend.epsilon() == dlcore.config.epsilon() == 1e-7
    assert dlcore.backend.floatx() == "float32"
    assert dlcore.backend.backend() == get_backend().name
    assert dlcore.version() == dlcore.__version__
