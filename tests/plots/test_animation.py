"""The GIF opens, has a frame for each step, and is written whole or not at all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from dlcore import plots


def test_a_frame_for_each_step(tmp_path):
    file = plots.optimizer_gif(
        tmp_path / "small.gif", ["sgd", "adam"], steps=4, size=(3, 2.5), dpi=50, frames_per_second=10
    )
    assert file == tmp_path / "small.gif"
    with Image.open(file) as image:
        assert (image.n_frames, image.size) == (5, (150, 125))
        durations, frames = [], []
        for number in range(5):
            image.seek(number)
            durations.append(image.info["duration"])
            frames.append(np.asarray(image.convert("RGB")).astype(int))
    assert durations == [100, 100, 100, 100, 1500]
    assert all(np.abs(a - b).max() > 50 for a, b in pairwise(frames))


def test_what_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"file must end in \.gif"):
        plots.optimizer_gif(tmp_path / "small.png")
    with pytest.raises(FileNotFoundError, match="no such folder"):
        plots.optimizer_gif(tmp_path / "nowhere" / "small.gif")
    with pytest.raises(ValueError, match="frames_per_second"):
        plots.optimizer_gif(tmp_path / "small.gif", frames_per_second=0)
    with pytest.raises(ValueError, match="Unknown surface"):
        plots.optimizer_gif(tmp_path / "small.gif", surface="hill")
    assert not list(tmp_path.iterdir())
