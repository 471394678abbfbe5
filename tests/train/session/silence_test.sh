#!/bin/sh
# The library leaves the terminal, the environment and signals to whoever embeds it: none of these
# is among the symbols that it asks for.
# Usage: silence_test.sh LIBRARY
set -eu
symbols=$(nm -C --undefined-only "$1")
case $symbols in *karnin::Trainer*) ;; *) echo "$1: expected symbols of a library" && exit 1 ;; esac
! printf '%s\n' "$symbols" |
  grep -Ew 'stdout|stderr|std::cout|std::cerr|printf|puts|fwrite|getenv|secure_getenv|signal|sigaction'
