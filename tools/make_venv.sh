#!/usr/bin/env bash
# Makes .venv with Python 3.11, everything in requirements.lock, and Melodeon itself (editable).
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v uv > /dev/null; then
  [ -x .venv/bin/python ] || uv venv --quiet --python 3.11 .venv
  install() { VIRTUAL_ENV="$PWD/.venv" uv pip install --compile-bytecode "$@"; }
else
  python=
  for candidate in python3.11 python3 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2> /dev/null; then
      python=$candidate
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "Melodeon needs Python 3.11 (TensorFlow 2.15 runs on no later one), or uv, which can" >&2
    echo "fetch it: https://docs.astral.sh/uv. Neither was found on the PATH." >&2
    exit 1
  fi
  [ -x .venv/bin/pip ] || "$python" -m venv .venv
  install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
fi

echo "Installing into .venv; the first time this downloads about 1 GB."
install --require-hashes -r requirements.lock
install --no-deps --no-build-isolation --editable .
