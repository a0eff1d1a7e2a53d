#!/bin/sh
# Regenerates everything that is made from proto/: the C sources of CSmartFlowProto and the descriptor set.
# Needs protoc-c and protoc (Debian: protobuf-c-compiler, protobuf-compiler, libprotobuf-dev).
#
#   proto/generate.sh                into the project
#   proto/generate.sh DIRECTORY      into DIRECTORY, with the project's layout (the test compares both)
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root}
sources=$out/Sources/CSmartFlowProto
include=$sources/include

# protobuf-c ships no C for the well-known types, so theirs is generated with ours.
well_known='google/protobuf/any.proto google/protobuf/duration.proto google/protobuf/struct.proto google/protobuf/timestamp.proto'
ours=$(cd "$root/proto" && find . -name '*.proto' | sed 's,^\./,,' | LC_ALL=C sort)

# What nobody sends is no part of what is published.
published=$(echo "$ours" | grep -v '^smartflow/worker/')

for tool in protoc protoc-c; do
  command -v "$tool" >/dev/null || { echo "generate.sh: $tool is not installed" >&2; exit 69; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck disable=SC2086 # Two lists of words.
protoc-c --proto_path="$root/proto" --c_out="$scratch" $well_known $ours
mkdir -p "$include"
find "$sources" -name '*.pb-c.[ch]' -delete
(cd "$scratch" && find . -name '*.pb-c.c') | while read -r file; do
  mkdir -p "$sources/$(dirname "$file")"
  mv "$scratch/$file" "$sources/$file"
done
(cd "$scratch" && find . -name '*.pb-c.h') | while read -r file; do
  mkdir -p "$include/$(dirname "$file")"
  mv "$scratch/$file" "$include/$file"
done

mkdir -p "$out/proto"
# shellcheck disable=SC2086 # One list of words.
protoc --proto_path="$root/proto" --descriptor_set_out="$out/proto/smartflow.descriptors" $published
