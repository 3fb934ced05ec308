#!/usr/bin/env python3
"""Fail when a file or a function has outgrown the house (docs/architecture.md).

Of every file: its lines.  Of every function of the product: its lines, its
parameters and its nesting.  Lines and parameters come from universal-ctags.
Nesting is the number of braced blocks open at once inside the body: braces
behind if/for/while/switch (...), else and do, or standing alone; braces of
initializers and compound literals do not count.  Comments and literals are
blanked before.
"""
import json
import pathlib
import re
import subprocess
import sys

FILE_MAX, FUNCTION_MAX, PARAMETERS_MAX, NESTING_MAX = 600, 70, 5, 4
PRODUCT = ("validate", "importer", "collector", "cli")
EXTRA = ("tests", "bench")
# "path:function": {"lines" | "parameters" | "nesting": allowed}.  Entries
# only ever shrink; `struct err *` is the last parameter by rule and is not
# counted.
ALLOW = {}
MACROS = "MUST_CHECK,NORETURN,UNUSED,COLD,HOT,PRINTF_LIKE+,PRINTF+"
BLANK = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|"""
                   r"""'(?:\\.|[^'\\\n])*'""", re.S)
OPENER = re.compile(r"\b(if|for|while|switch|for_each_\w+|[A-Z_]*FOR_EACH\w*)"
                    r"\s*$")


def blanked(text):
    """The text with comments and literals as spaces, line ends kept."""
    return BLANK.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def before_paren(text, close):
    """The text in front of the bracket that text[close] closes."""
    depth = 0
    for i in range(close, -1, -1):
        depth += (text[i] == ")") - (text[i] == "(")
        if depth == 0:
            return text[:i]
    return ""


def opens_block(text):
    """Does a brace behind this text open a block (or is it a value)?"""
    text = text.rstrip()
    if not text or text[-1] in ";{}:":
        return True
    if text[-1] == ")":
        return bool(OPENER.search(before_paren(text, len(text) - 1)))
    return bool(re.search(r"\b(else|do)$", text))


def nesting(body):
    """Most blocks open at once inside a function's body."""
    start = body.find("{") + 1
    deepest = depth = 0
    stack = []
    for i in range(start, len(body)):
        if body[i] == "{":
            block = (not stack or stack[-1]) and opens_block(body[start:i])
            stack.append(block)
            depth += block
            deepest = max(deepest, depth)
        elif body[i] == "}" and stack:
            depth -= stack.pop()
    return deepest


def parameters(signature):
    """How many of them, without `...` and the struct err that comes last."""
    inside = re.sub(r"\([^()]*\)", "", signature.strip()[1:-1])
    names = [p.strip() for p in inside.split(",")]
    return sum(bool(p) and p not in ("void", "...")
               and not re.match(r"struct err \*", p) for p in names)


def functions(files):
    out = subprocess.run(
        ["ctags", "--languages=C,C++", "--kinds-C=f", "--kinds-C++=f",
         "--fields=+neS", "--output-format=json", "-I", MACROS, "-f", "-",
         *files], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def main():
    files = {p.as_posix(): p.read_text(errors="replace")
             for top in PRODUCT + EXTRA for p in pathlib.Path(top).rglob("*")
             if p.suffix in (".c", ".h", ".cpp")}
    bad = [f"{path}: {n} lines (at most {FILE_MAX})"
           for path, text in sorted(files.items())
           if (n := len(text.splitlines())) > FILE_MAX]
    product = [p for p in sorted(files) if p.startswith(PRODUCT)]
    clean = {p: blanked(files[p]).split("\n") for p in product}
    for tag in functions(product) if product else []:
        path, first = tag["path"], tag["line"]
        last = tag.get("end", first)
        found = {
            "lines": (last - first + 1, FUNCTION_MAX),
            "parameters": (parameters(tag.get("signature", "()")),
                           PARAMETERS_MAX),
            "nesting": (nesting("\n".join(clean[path][first - 1:last])),
                        NESTING_MAX),
        }
        allow = ALLOW.get(f"{path}:{tag['name']}", {})
        bad += [f"{path}:{first}: {tag['name']}() has {n} {what} "
                f"(at most {most})" if what != "nesting" else
                f"{path}:{first}: {tag['name']}() nests {n} deep "
                f"(at most {most})"
                for what, (n, most) in found.items()
                if n > allow.get(what, most)]
    print("\n".join(bad), end="\n" if bad else "")
    return bool(bad)


sys.exit(main())
