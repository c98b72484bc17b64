"""A worker process of a pipeline that runs on several cores of one machine.

Beam's own worker, less its talk: what it logs while all is well is not for users.
"""

from __future__ import annotations

import logging
import sys

from apache_beam.runners.worker import sdk_worker_main


def main() -> None:
    """Does what the pipeline's process asks for, until that one ends."""
    logging.basicConfig()
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.ERROR)
    sdk_worker_main.main(sys.argv)


if __name__ == "__main__":
    main()
