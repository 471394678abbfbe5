"""Man pages and completions: every verb and option is in them, and shells and troff take them.

    tests/docs/pages_test.py KARNIN_CPU
"""
import importlib.machinery
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KARNIN_CPU = sys.argv.pop(1)
LOADER = importlib.machinery.SourceFileLoader("pages", str(ROOT / "scripts/pages"))
pages = importlib.util.module_from_spec(importlib.util.spec_from_loader("pages", LOADER))
sys.modules["pages"] = pages  # where dataclasses look for it
LOADER.exec_module(pages)


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.out = Path(cls.folder.name)
        subprocess.run([ROOT / "scripts/pages", KARNIN_CPU, cls.out], check=True)
        cls.all = list(pages.pages_of(KARNIN_CPU, ["karnin-cpu"]))

    def complete(self, *words):
        """What bash offers for the last word."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _karnin_cpu; '
                  'echo "${COMPREPLY[@]}"')
        completion = self.out / "bash-completion/completions/karnin-cpu"
        return subprocess.run(["bash", "-c", script, "bash", completion, *words], check=True,
                              capture_output=True, text=True).stdout.split()

    def test_every_verb_has_a_page(self):
        names = {path.name.removesuffix(".1.gz") for path in (self.out / "man/man1").iterdir()}
        self.assertEqual(names, {"-".join(page.words) for page in self.all})
        self.assertGreater(len(names), 14)

    def test_every_option_is_explained(self):
        for page in self.all:
            for option in page.options:
                with self.subTest(verb=page.words, option=option.names):
                    self.assertRegex(option.names[-1], r"^--[a-z-]+$")
                    self.assertGreater(len(option.text), 5)

    def test_man_takes_them_without_warnings(self):
        if not shutil.which("man"):
            self.skipTest("man is not here")
        for path in (self.out / "man/man1").iterdir():
            done = subprocess.run(["man", "--warnings", "-l", "-Tutf8", "-Z", path], check=True,
                                  capture_output=True, text=True)
            self.assertEqual(done.stderr, "", path.name)

    def test_bash_completes(self):
        self.assertEqual(self.complete("karnin-cpu", "p"), ["prune", "predict"])
        self.assertEqual(self.complete("karnin-cpu", "prune", "--scope", ""), ["layer", "global"])
        self.assertEqual(self.complete("karnin-cpu", "data", "f"), ["fetch"])
        self.assertIn("--sparsity", self.complete("karnin-cpu", "prune", "--"))

    def test_other_shells_take_theirs(self):
        for shell, name in (("zsh", "zsh/vendor-completions/_karnin-cpu"),
                            ("fish", "fish/vendor_completions.d/karnin-cpu.fish")):
            if shutil.which(shell):
                subprocess.run([shell, "-n", self.out / name], check=True)


if __name__ == "__main__":
    unittest.main()
