// Part of every test program: all of them obey KARNIN_CPU_ISA.
#include "tests/support/isa_level.h"
