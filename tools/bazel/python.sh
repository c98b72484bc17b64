#!/bin/sh
# The Python that Bazel runs tests and commands with: it must have the packages of requirements.lock.
# $MELODEON_PYTHON if set, else the .venv of this checkout (`make` fills it), else python3.
root=$(dirname "$(readlink -f "$0")")/../..
for python in "$MELODEON_PYTHON" "$root/.venv/bin/python" python3; do
  if command -v "$python" > /dev/null; then
    exec "$python" "$@"
  fi
done
echo "no Python found: set MELODEON_PYTHON, or make .venv" >&2
exit 1
