"""Imported before any test: melodeon puts a light note_seq in place of the slow one."""

import melodeon  # noqa: F401
