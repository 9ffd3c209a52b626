"""The grid: dlcore beside what its users would take instead, on nets from tiny to big, in one run.

    python -m pip install '.[bench,peers]'
    python -m bench.grid                         training steps, other nets, predictions; one thread
    python -m bench.grid --threads 2 --rows field,wide --peers torch --rounds 9

One module a subject: ``rows`` (the nets), ``training`` and ``inference`` (the contestants, an adapter each),
``handwritten_nets`` (what NumPy needs for some of them), ``peak`` (what the processor could do), ``report`` (tables and
the picture), ``__main__`` (the command).
"""
