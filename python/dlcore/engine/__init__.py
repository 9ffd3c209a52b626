"""Training op by op: any network a spec can say, through a backend's kernels, and what no fused engine can."""

from dlcore.engine.stepwise import REPORT_EVERY, Extras, StepwiseEngine, make_engine

__all__ = ["REPORT_EVERY", "Extras", "StepwiseEngine", "make_engine"]
