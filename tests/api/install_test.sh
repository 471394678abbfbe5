#!/bin/sh
# What is installed serves those who build on it: by pkg-config, by find_package, shared and static.
# Usage: install_test.sh BUILD MODEL
set -eu
build=$1 model=$2
examples=$(dirname "$0")/../../api/examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for component in library development; do
  DESTDIR=$work/dest cmake --install "$build" --prefix /opt/karnin --component $component >"$work/log"
done
prefix=$work/dest/opt/karnin
lib=$(dirname "$(find "$prefix" -name karnin.pc)")/..
export PKG_CONFIG_PATH="$lib/pkgconfig" LD_LIBRARY_PATH="$lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

# An image of no particular numbers, and what everybody has to say about it.
head -c 12288 "$examples/../../tests/golden/khanal2018/init.conv2.weight.bin" >"$work/image"
cat "$work/image" "$work/image" "$work/image" >"$work/images"

# same FILE: whether stdin has FILE's numbers, but for the rounding of kernels that a race chose.
same() {
  paste - "$1" | awk '{ d = $1 - $2 } NF != 2 || d > 1e-5 || d < -1e-5 { exit 1 }'
}

flags=${KARNIN_TEST_FLAGS:-}
cc $flags "$examples/run.c" -o "$work/run" $(pkg-config --cflags --libs karnin)
"$work/run" "$model" <"$work/image" >"$work/answer"
[ "$(wc -l <"$work/answer")" = 10 ]
cat "$work/answer" "$work/answer" "$work/answer" >"$work/answers"

cc $flags "$examples/run.c" -o "$work/run-static" -I"$prefix/include" "$lib/libkarnin.a" \
  $(pkg-config --static --libs-only-l karnin | sed 's/-lkarnin //')
"$work/run-static" "$model" <"$work/image" | same "$work/answer"
! ldd "$work/run-static" | grep libkarnin

cmake -G Ninja -S "$examples/find_package" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" >"$work/log"
cmake --build "$work/build" >"$work/log" || { cat "$work/log"; exit 1; }
"$work/build/run" "$model" <"$work/image" | same "$work/answer"
"$work/build/pool" "$model" <"$work/images" | same "$work/answers"
"$work/build/flow_graph" "$model" <"$work/images" | same "$work/answers"
[ "$("$work/build/answers" "$model" | wc -l)" = 10 ]
! "$work/build/pool" "$work/image" </dev/null 2>"$work/error"
grep -q 'pool: .*image' "$work/error"
