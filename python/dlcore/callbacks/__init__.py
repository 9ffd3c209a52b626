"""What runs beside a training: callbacks, the History that fit returns, the progress shown."""

from __future__ import annotations

from dlcore.callbacks.backup_and_restore import BackupAndRestore
from dlcore.callbacks.callback import Callback, Logs
from dlcore.callbacks.callback_list import CallbackList
from dlcore.callbacks.csv_logger import CSVLogger
from dlcore.callbacks.early_stopping import EarlyStopping
from dlcore.callbacks.history import History
from dlcore.callbacks.lambda_callback import LambdaCallback
from dlcore.callbacks.learning_rate_scheduler import LearningRateScheduler
from dlcore.callbacks.model_checkpoint import ModelCheckpoint
from dlcore.callbacks.monitor_callback import MonitorCallback
from dlcore.callbacks.progbar_logger import ProgbarLogger
from dlcore.callbacks.progress import Progress
from dlcore.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from dlcore.callbacks.swap_ema_weights import SwapEMAWeights
from dlcore.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "MonitorCallback",
    "ProgbarLogger",
    "Progress",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TerminateOnNaN",
]
