"""All pages: the commands that they show exist, their links lead somewhere.

    tests/docs/docs_test.py KARNIN_CPU
"""
import re
import subprocess
import sys
import unittest
from functools import cache
from pathlib import Path

import markdown

ROOT = Path(__file__).resolve().parents[2]
KARNIN_CPU = sys.argv.pop(1) if len(sys.argv) > 1 else str(ROOT / "build/release/karnin-cpu")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "bench/METHOD.md",
                ROOT / "formats/FORMAT.md"])
PROGRAMS = {"karnin-cpu": KARNIN_CPU, "build/release/karnin-cpu": KARNIN_CPU,
            "scripts/accuracy": str(ROOT / "scripts/accuracy")}


@cache
def help_of(*words):
    return subprocess.run([*words, "--help"], check=True, capture_output=True, text=True).stdout


def verbs(text):
    """CLI11 lists them below a heading, argparse within braces."""
    listed = text.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    braces = re.search(r"^  \{([a-z,]+)\}$", text, re.MULTILINE)
    return set(re.findall(r"^  (\w+) ", listed, re.MULTILINE)) | set(
        braces[1].split(",") if braces else ())


def options(text):
    return {"--help", *re.findall(r"^ +(?:-\w, ?)?(--[a-z-]+)", text, re.MULTILINE)}


def choices(text, option):
    """The words that an option takes; none where it takes others too."""
    found = re.search(rf"^  {option} ([a-z0-9-]+(?:\|[a-z0-9-]+)+)(?=[=:\s])", text, re.MULTILINE)
    return found[1].split("|") if found else []


def fault(command):
    """What is wrong with a command of one of PROGRAMS; None if nothing is."""
    program, *words = command
    path, option = [PROGRAMS[program]], None
    for word in words:
        known = help_of(*path)
        if word.startswith("--"):
            option, _, word = word.partition("=")
            if option not in options(known):
                return f"{option} is not an option of {' '.join([program, *path[1:]])}"
        if not re.match(r"[^$]*[a-z0-9]", word):  # stands for something else: FILE, $seed, ...
            continue
        if option:
            allowed, taken, option = choices(known, option), option, None
            if allowed and word not in allowed:
                return f"{taken} {word}: expected one of {', '.join(allowed)}"
        elif verbs(known):
            if word not in verbs(known):
                return f"{word} is not a verb of {program}"
            path.append(word)
    return None


class Documentation(unittest.TestCase):
    def test_commands_exist(self):
        shown = [(page, command) for page in PAGES
                 for command in markdown.commands(page.read_text()) if command[0] in PROGRAMS]
        self.assertGreater(len(shown), 40, "the pages show many commands")
        for page, command in shown:
            with self.subTest(page=page.name, command=" ".join(command)):
                self.assertIsNone(fault(command))

    def test_options_in_prose_exist(self):
        known = set()
        for program in (KARNIN_CPU, PROGRAMS["scripts/accuracy"]):
            for verb in verbs(help_of(program)):
                known |= options(help_of(program, verb))
        for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
            for option in markdown.options_in_prose(page.read_text()):
                with self.subTest(page=page.name, option=option):
                    self.assertIn(option, known)

    def test_scripts_exist(self):
        for page in PAGES:
            for command in markdown.commands(page.read_text()):
                with self.subTest(page=page.name, command=command[0]):
                    if re.fullmatch(r"(scripts|bench|tests)/[\w/.]+", command[0]):
                        self.assertTrue((ROOT / command[0]).exists())

    def test_links_lead_somewhere(self):
        for page in PAGES:
            for target in markdown.links(page.read_text()):
                with self.subTest(page=page.name, target=target):
                    name, _, anchor = target.partition("#")
                    file = (page.parent / name).resolve() if name else page
                    self.assertTrue(file.exists())
                    if anchor:
                        self.assertIn(anchor, list(markdown.anchors(file.read_text())))

    def test_every_page_and_picture_is_linked(self):
        linked = {(page.parent / target.partition("#")[0]).resolve() for page in PAGES
                  for target in markdown.links(page.read_text())}
        for file in [*PAGES, *ROOT.glob("docs/*.png")]:
            with self.subTest(file=file.name):
                self.assertTrue(file in linked or file.name == "README.md")

    def test_readme_shows_an_example_word_for_word(self):
        example = (ROOT / "api/examples/answers.cpp").read_text()
        shown = [block for block in markdown.code_blocks((ROOT / "README.md").read_text())
                 if any("karnin::" in line for line in block)]
        self.assertEqual(len(shown), 1)
        self.assertIn("\n".join(shown[0]), example)

    def test_readme_is_for_newcomers(self):
        self.assertLessEqual(len((ROOT / "README.md").read_text().splitlines()), 90)


class Checks(unittest.TestCase):
    """That the checks above can fail."""

    def test_wrong_commands_are_found(self):
        page = """
Say `karnin-cpu train --wrong` or

    $ karnin-cpu prune --model a.bin \\
          --methods magnitude
    karnin-cpu: an output

and

    for s in 1 2; do karnin-cpu fly --seed $s; done
    X=1 karnin-cpu train --schedule twice --seed 1 > log
    karnin-cpu train --seed 1    # --wrong
    karnin-cpu eval --model a.bin --json | python3 -c 'print("--wrong")'

```
karnin-cpu data list --data x
```
"""
        faults = [fault(c) for c in markdown.commands(page) if c[0] in PROGRAMS]
        self.assertEqual([f for f in faults if f], [
            "--data is not an option of karnin-cpu data list",
            "--methods is not an option of karnin-cpu prune",
            "fly is not a verb of karnin-cpu",
            "--schedule twice: expected one of constant, step, one-cycle",
            "--wrong is not an option of karnin-cpu train"])

    def test_headings_are_named_as_github_does(self):
        page = "# What's new, in 2?\n\n## a_b-c\n\n## A\n\n## A\n"
        self.assertEqual(list(markdown.anchors(page)), ["whats-new-in-2", "a_b-c", "a", "a-1"])


if __name__ == "__main__":
    unittest.main()
