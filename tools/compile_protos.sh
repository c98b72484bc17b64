#!/usr/bin/env bash
# Makes proto/*_pb2.py and their type stubs from proto/*.proto. It wants grpcio-tools 1.62.3, whose
# protoc writes code for protobuf 4.25, in an environment of its own:
#   python3.11 -m venv /tmp/protoc && /tmp/protoc/bin/pip install grpcio-tools==1.62.3 'setuptools<81'
#   PYTHON=/tmp/protoc/bin/python tools/compile_protos.sh
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# The root stands for the package melodeon, in imports between .proto files too.
"${PYTHON:-python3}" -m grpc_tools.protoc -Imelodeon=. --python_out="$out" --pyi_out="$out" \
  $(printf 'melodeon/%s ' proto/*.proto)
cp "$out"/melodeon/proto/*_pb2.py "$out"/melodeon/proto/*_pb2.pyi proto/
