"""What the checks of the documentation see in a Markdown file: code, prose, headings, links."""
import re
import shlex

BLOCK = re.compile(r"(?:^\n(?=    )|^    .*\n)+", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
STARTS = {"do", "then", "|", "||", "&&", ";", "!"}  # a command begins behind these words


def code_blocks(text):
    """Blocks of code, each as its lines without indentation."""
    fenced = [block.split("\n")[1:-1] for block in FENCE.findall(text)]
    indented = [[line[4:] for line in block.strip("\n").split("\n")]
                for block in BLOCK.findall("\n" + FENCE.sub("", text) + "\n")]
    return fenced + indented


def prose(text):
    return BLOCK.sub("\n", FENCE.sub("", text) + "\n")


def typed_lines(block):
    """What one would type. With a prompt where the block has any, because output stands there too;
    what stands behind two spaces explains it."""
    prompts = any(line.startswith("$ ") for line in block)
    lines = iter(block)
    for line in lines:
        if prompts and not line.startswith("$ "):
            continue
        line = line.removeprefix("$ ").strip()
        while line.endswith(("\\", "|")):
            line = line.removesuffix("\\").strip() + " " + next(lines, "").strip()
        yield line.partition("  ")[0]


def split(line):
    """The commands of a line, as lists of words; none where it is not one for a shell."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&<>")
    lexer.whitespace_split = True
    try:
        words = list(lexer)
    except ValueError:  # a quotation that doesn't end
        return
    command = []
    for word in [*words, ";"]:
        if word in STARTS:
            if command:
                yield command
            command = []
        elif command or not re.fullmatch(r"[A-Z_]+=.*", word):  # settings in front of a command
            command.append(word)


def commands(text):
    """All commands that a page shows, in blocks of code and in spans of prose."""
    lines = [line for block in code_blocks(text) for line in typed_lines(block)]
    spans = [span.replace("\n", " ") for span in SPAN.findall(prose(text))]
    for line in lines + spans:
        yield from split(line)


def options_in_prose(text):
    return {word for span in SPAN.findall(prose(text))
            for word in re.findall(r"(?:^|\s)(--[a-z][a-z-]*)", span)}


def anchors(text):
    """What GitHub calls the headings of a page."""
    seen = {}
    for heading in re.findall(r"^#+ +(.*)$", FENCE.sub("", text), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        count = seen[name] = seen.get(name, -1) + 1
        yield f"{name}-{count}" if count else name


def links(text):
    """Targets of links and images in this repository."""
    return [target for target in LINK.findall(prose(text)) if "://" not in target]
