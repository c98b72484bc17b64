"""A worker process of a pipeline that runs on several cores of one machine.

Beam's own worker, less its talk (what it logs while all is well is not for users), and it ends when
the pipeline's process is gone, even if that was killed.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Sequence

from melodeon.pipelines.lean_imports import lean_imports

_SECONDS_BETWEEN_LOOKS = 1.0


def main(pipeline_process: int, needless_packages: Sequence[str]) -> None:
    """Does what the process of that number asks for, as long as it is there."""
    with lean_imports(needless_packages):
        from apache_beam.runners.worker import sdk_worker_main
    threading.Thread(target=_end_with, args=[pipeline_process], daemon=True).start()
    logging.basicConfig()
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.CRITICAL)
    sdk_worker_main.main([])


def _end_with(process: int) -> None:
    while True:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            # Not an error of this worker's: there is nobody left to tell.
            os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
