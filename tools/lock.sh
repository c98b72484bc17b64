#!/usr/bin/env bash
# Makes requirements.lock anew from setup.py: every package that `make` installs, pinned with its
# hashes, for Linux and macOS. Wants uv (pip install uv).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
everywhere="sys_platform == 'darwin' or sys_platform == 'linux'"
cat > "$work/pyproject.toml" <<EOF
[project]
name = "lock"
version = "0"
requires-python = "==3.11.*"
dependencies = ["melodeon[corpus,report,test,train] @ file://$root", "wheel"]
[tool.uv]
environments = ["sys_platform == 'linux'", "sys_platform == 'darwin'"]
EOF
cd "$work"
uv lock
uv export --no-emit-project --no-emit-package melodeon --format requirements-txt --no-header \
  --no-annotate --output-file exported.txt > /dev/null
{
  echo "# Made by tools/lock.sh from setup.py."
  sed "s/ ; $everywhere//" exported.txt
} > "$root/requirements.lock"
