"""What libkarnin.so shows to the world and what it needs of it.

    tests/api/symbols_test.py libkarnin.so

A function that is gone from api/library/karnin.map breaks whoever was linked with it: add to that, and take
nothing from it as long as the library is libkarnin.so.0.
"""
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = sys.argv.pop(1)
NEEDED = ("dnnl", "tbb", "tbbmalloc", "fmt", "protobuf", "onnx_proto", "gomp", "stdc++", "m", "gcc_s",
          "c", "asan", "ubsan", "tsan")
# Those of 0.1: never fewer.
FIRST = (
    "karnin_engine_close",
    "karnin_engine_open",
    "karnin_input_at",
    "karnin_input_count",
    "karnin_load",
    "karnin_load_memory",
    "karnin_message",
    "karnin_model_close",
    "karnin_output_at",
    "karnin_output_count",
    "karnin_parameters",
    "karnin_preprocess",
    "karnin_profile",
    "karnin_prune",
    "karnin_run",
    "karnin_save",
    "karnin_session_close",
    "karnin_session_message",
    "karnin_session_open",
    "karnin_time_layers",
    "karnin_version",
)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Symbols(unittest.TestCase):
    def test_none_is_taken_away(self):
        self.assertLessEqual(set(FIRST), set(symbols_of_map()))

    def test_shown_are_those_of_the_map(self):
        shown = re.findall(r" T (\w+)@@KARNIN_0$", run("nm", "-D", "--defined-only", LIBRARY),
                           re.MULTILINE)
        self.assertEqual(sorted(shown), symbols_of_map())

    def test_nothing_else_is_shown(self):
        for line in run("nm", "-D", "--defined-only", LIBRARY).splitlines():
            self.assertRegex(line, r" T karnin_\w+@@KARNIN_0$| A KARNIN_0$")

    def test_the_header_declares_them(self):
        header = (ROOT / "api/include/karnin/karnin.h").read_text()
        declared = re.findall(r"^KARNIN_API [\w* ]*?(karnin_\w+)\(", header, re.MULTILINE)
        self.assertEqual(sorted(declared), symbols_of_map())

    def test_needs_what_it_says(self):
        needed = re.findall(r"NEEDED.*\[lib([\w+]+?)(?:-[\d.]+)?\.so",
                            run("readelf", "--dynamic", LIBRARY))
        self.assertLessEqual(set(needed), set(NEEDED))
        self.assertIn("dnnl", needed)


def symbols_of_map():
    return re.findall(r"^    (karnin_\w+);", (ROOT / "api/library/karnin.map").read_text(),
                      re.MULTILINE)


if __name__ == "__main__":
    unittest.main()
