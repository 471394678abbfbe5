#!/bin/sh
# Networks of others through the installed library: the answers that came with them, within 1e-5, and the
# same from C, C++ and Python, dense and pruned and saved. Not part of CTest: it wants packages installed.
# Usage: answers_test.sh MODELS [PYTHON]     folders as libonnx-testdata lays them out; a Python with NumPy
set -eu
models=$1 python=${2:-python3}
here=$(dirname "$0")
examples=$here/../../api/examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc "$examples/run.c" -o "$work/run" $(pkg-config --cflags --libs karnin)
c++ -std=c++20 "$examples/pool.cpp" -o "$work/pool" $(pkg-config --cflags --libs karnin)
for model in ic_resnet8 ad_autoencoder kws_dscnn; do
  "$python" "$here/python/case.py" "$models/$model" "$work"
  for file in model.onnx pruned.bin; do
    for program in run pool "$python $examples/run.py"; do
      case $program in run | pool) program=$work/$program ;; esac
      $program "$work/$file" <"$work/image" >"$work/answer"
      paste "$work/answer" "$work/expected.$file" |
        awk -v what="$model $file ${program##*/}" '
          { d = $1 - $2; if (d < 0) d = -d; if (d > worst) worst = d; a = $2 < 0 ? -$2 : $2; if (a > big) big = a }
          END { printf "%s: off by %.2g of %.3g\n", what, worst, big; exit !(worst <= 1e-5 * (big > 1 ? big : 1)) }'
    done
  done
done
