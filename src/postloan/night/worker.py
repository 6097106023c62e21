"""A worker process of the night: one thread, and it ends with the process that started it."""

import multiprocessing
import os
import threading


def begin() -> None:
    """Watch the parent: a killed night must not leave workers behind that still write."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
