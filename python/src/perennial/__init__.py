"""Perennial from Python.

``trainer`` makes a function a trainer, ``worker`` serves it on a queue; ``predict`` and ``log_labels`` ask a model and tell
it how it came out; ``read_snapshot`` reads what it learnt from.
"""

from .client.ask import log_labels, predict
from .errors import PerennialError
from .progress import log_metrics
from .serve.worker import worker
from .snapshots import read_snapshot
from .spec import Feature, Spec
from .trained import Trained
from .trainer import Trainer, load, trainer
from .version import VERSION as __version__

__all__ = [
    "Feature", "PerennialError", "Spec", "Trained", "Trainer", "__version__", "load",
    "log_labels", "log_metrics", "predict", "read_snapshot", "trainer", "worker",
]  # fmt: skip
