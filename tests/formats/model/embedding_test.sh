#!/bin/sh
# A program that reads and runs models is not given what downloads and unpacks data sets.
# Usage: embedding_test.sh PROGRAM MODEL
set -eu
"$1" "$2" | grep ' logits$'
libraries=$(ldd "$1")
printf '%s\n' "$libraries" | grep -q libdnnl || {
  echo "$1: expected ldd to show oneDNN, got $libraries"
  exit 1
}
! printf '%s\n' "$libraries" | grep -E 'curl|archive|ssl|crypto'
