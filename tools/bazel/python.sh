#!/bin/sh
# The Python that Bazel runs tests and commands with: it must have the packages of requirements.lock.
# $MELODEON_PYTHON if set, else that of .venv in this checkout if there, else python3.
here=$(dirname "$(readlink -f "$0")")
venv=$here/../../.venv
# For sitecustomize.py, also in the processes that this one starts.
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}$here"
if [ -n "$MELODEON_PYTHON" ]; then
  exec "$MELODEON_PYTHON" "$@"
elif [ -x "$venv/bin/python" ]; then
  exec "$venv/bin/python" "$@"
fi
exec python3 "$@"
