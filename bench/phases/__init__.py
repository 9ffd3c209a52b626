"""Where the time of a training step goes: its phases, each beside its floor.

    python -m bench.phases
    python -m bench.phases --rows digits,wide --isa x86_64_v3

Times the kernels of a step in the order in which the engine calls them (``phases.cpp``, which is built first) and the
step itself through ``Sequential.fit``, on one thread. The floor of a phase is its multiply-adds over what one core does
in registers alone.
"""
