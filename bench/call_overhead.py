#!/usr/bin/env python3
"""What a call of the library costs over one of the engine, from C, C++ and Python, for one image.

    cmake --build build/release --target call-overhead
    bench/call_overhead.py build/release MODEL

Needs NumPy. Prints microseconds, each the time that a tenth of many rounds didn't exceed; the last two are
a call for no image, all of which is overhead, and loading, with an engine and a session, without a race.
"""
import ctypes
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, RUNS = 2001, 50


def of_python(build, model):
    ctypes.CDLL(str(build / "libkarnin.so.0"))
    sys.path.insert(0, str(ROOT / "api/python"))
    import karnin
    net = karnin.load(model).prepare(race=False)
    image = np.full((1, *net.input.dims), 0.5, np.float32)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(RUNS):
            net.run(image)
        times.append((time.perf_counter() - start) / RUNS * 1e6)
    return sorted(times)[ROUNDS // 10]


def main():
    build, model = Path(sys.argv[1]), sys.argv[2]
    times = json.loads(subprocess.run([build / "call-overhead", model], check=True,
                                      capture_output=True).stdout)
    times["python"] = of_python(build, model)
    print(f"engine {times['engine']:.2f}")
    for caller in ("c", "cpp", "python"):
        print(f"{caller:6} {times[caller]:.2f}  (+{times[caller] - times['engine']:.2f})")
    print(f"nothing {times['nothing']:.3f}")
    print(f"load   {times['load']:.0f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
