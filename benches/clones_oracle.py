#!/usr/bin/env python3
"""Holds gate's clones to those of other tools: prints every clone they report that gate does not cover and that no documented
difference explains.

    benches/clones_oracle.py CORPUS [--gate PATH/TO/gate] [--pmd PATH/TO/bin/pmd] [--jscpd PATH/TO/jscpd]

Each tool runs with its own thresholds, gate with the preset of that name, on all files, tests too. Of each pair of places that a tool
reports, the tokens of both are aligned as gate sees them. A stretch that is the same on both sides and long enough for the preset
must lie in places of one of gate's clone classes on both sides. The differences that explain why there is no such stretch, or why
gate leaves it out:

    not judged     the file is generated or minified by gate's measure, or in a language that gate does not read
    too short      without comments, imports and package lines, and with the tokens of both sides compared one by one (CPD drops
                   semicolons), no stretch is long enough
    a table        what repeats itself over at least the length of a clone, on one side at least, is compared by its values and
                   counts twice at most (see src/duplication/rows.rs)
    overlaps itself    the stretch begins anew within itself, after less than the least length
    seen as one    gate and the tool cut tokens differently: the stretch is within five tokens of the least length
"""
import argparse
import collections
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

LANGUAGES = {".java": "java", ".js": "ecmascript", ".jsx": "ecmascript", ".mjs": "ecmascript", ".ts": "typescript", ".tsx": "typescript"}
PRESETS = {"pmd-cpd": (100, 0), "jscpd": (50, 6)}
TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>\"\"\".*?\"\"\"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)
    |(?P<number>\.?\d(?:[eE][+-]|[\w.])*)
    |(?P<name>[\w$]+)
    |(?P<sign>>>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|\?\?=|&&=|\|\|=|->|=>|::|\+\+|--|&&|\|\||==|!=|<=|[-+*/%&|^]=|\?\.|\?\?|\*\*|<<|.)""",
    re.X | re.S,
)


def tokens(text):
    """(token, line) of a file as gate sees it: literals alike, no comments, imports or package lines."""
    found, line, at = [], 1, 0
    skipping = None
    for match in TOKEN.finditer(text):
        word, kind = match.group(), match.lastgroup
        if kind != "skip":
            fresh = not found or found[-1][0] in (";", "}") or found[-1][1] != line
            if skipping is None and word in ("import", "package") and fresh and text[match.end() : match.end() + 1] not in "(.":
                skipping = "import"
            if skipping is None:
                found.append(({"text": "#text", "number": "#number"}.get(kind, word), line))
            elif word == ";" or (kind == "text" and text[match.end() : match.end() + 1] != ";"):
                skipping = None
        line += word.count("\n")
        at = match.end()
    assert at == len(text)
    return found


class Corpus:
    def __init__(self, root):
        self.root, self.files, self.tables = root, {}, {}

    def tokens(self, path):
        if path not in self.files:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
                self.files[path] = tokens(file.read())
        return self.files[path]

    def stretch(self, path, first, last):
        """(token, line, place in the file)"""
        return [(word, line, place) for place, (word, line) in enumerate(self.tokens(path)) if first <= line <= last]

    def in_tables(self, path, least):
        """Places of the tokens that are part of what repeats itself."""
        if (path, least) not in self.tables:
            self.tables[path, least] = repeating([word for word, _ in self.tokens(path)], least)
        return self.tables[path, least]


def repeating(row, least):
    """Places in stretches of at least `least` tokens in which a shorter part stands three times or more in a row."""
    found, place = set(), 0
    while place < len(row):
        for period in range(1, least):
            end = place + period
            while end < len(row) and row[end] == row[end - period]:
                end += 1
            if end - place >= max(least, 3 * period):
                found.update(range(place, end))
                place = end
                break
        else:
            place += 1
    return found


def gate_clones(gate, root, preset):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(f'[duplication]\npreset = "{preset}"\ntests = true\n[rules]\nprofile = "none"\n[project]\nmax-file-size = "64 MiB"\n')
        config.flush()
        run = subprocess.run([gate, "check", "--all", root, "--config", config.name, "--format", "json"], capture_output=True, check=False)
    report = json.loads(run.stdout)
    by_file = collections.defaultdict(list)
    for number, clone in enumerate(report["clones"]):
        for place in clone["places"]:
            by_file[place["path"]].append((place["start"], place["end"], number))
    return by_file, {skipped["path"] for skipped in report["skipped"]}, len(report["clones"])


def cpd_clones(pmd, root):
    """Lists of (path, first, last)."""
    for language in sorted(set(LANGUAGES.values())):
        names = [ending for ending, name in LANGUAGES.items() if name == language]
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
            for folder, _, files in os.walk(root):
                listed.writelines(os.path.join(folder, file) + "\n" for file in files if os.path.splitext(file)[1] in names)
            listed.flush()
            if not os.path.getsize(listed.name):
                continue
            run = subprocess.run(
                [pmd, "cpd", "--minimum-tokens", "100", "-l", language, "-f", "xml", "--file-list", listed.name, "--skip-lexical-errors"],
                capture_output=True, check=False,
            )
        text = run.stdout.decode()
        tree = xml.fromstring(text[text.index("<") :])
        space = tree.tag.removesuffix("pmd-cpd")
        for match in tree.iter(space + "duplication"):
            files = match.findall(space + "file")
            yield [(os.path.relpath(file.get("path"), root), int(file.get("line")), int(file.get("endline"))) for file in files]


def jscpd_clones(jscpd, root):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([jscpd, ".", "-r", "json", "-o", folder, "--max-size", "64mb"], cwd=root, capture_output=True, check=False)
        with open(os.path.join(folder, "jscpd-report.json"), encoding="utf-8") as file:
            for clone in json.load(file)["duplicates"]:
                sides = [clone["firstFile"], clone["secondFile"]]
                yield [(re.sub(r":\w+$", "", side["name"]), side["start"], side["end"]) for side in sides]


def explain(corpus, by_file, skipped, preset, one, two):
    """Why a pair of places is no clone of gate's, or that it is one; nothing if it should be."""
    least, _ = PRESETS[preset]
    if any(path in skipped or os.path.splitext(path)[1] not in LANGUAGES for path, _, _ in (one, two)):
        return "not judged"
    sides = [corpus.stretch(*place) for place in (one, two)]
    words = [[word for word, _, _ in side] for side in sides]
    blocks = difflib.SequenceMatcher(None, *words, autojunk=False).get_matching_blocks()
    stretches = [list(zip(sides[0][block.a : block.a + block.size], sides[1][block.b : block.b + block.size])) for block in blocks]
    long = [stretch for stretch in stretches if is_long(stretch, preset)]
    if not long:
        return "too short"
    uncovered = [stretch for stretch in long if not is_covered(by_file, stretch, one[0], two[0])]
    if not uncovered:
        return "covered"
    tables = [corpus.in_tables(place[0], least) for place in (one, two)]
    outside = [part for stretch in uncovered for part in apart(stretch, tables)]
    if all(not is_long(part, preset) or is_covered(by_file, part, one[0], two[0]) for part in outside):
        return "a table"
    if all(is_overlap(stretch, preset, one[0], two[0]) for stretch in uncovered):
        return "overlaps itself"
    return "seen as one" if max(map(len, outside)) <= least + 5 else None


def is_long(stretch, preset):
    least, lines = PRESETS[preset]
    return len(stretch) >= least and all(stretch[-1][side][1] - stretch[0][side][1] + 1 >= lines for side in (0, 1))


def is_covered(by_file, stretch, *paths):
    """Whether places of one clone class hold all lines of the stretch on both sides. A part that follows itself is one class with its
    places end to end, beginning where it first stands, while other tools begin anywhere in it."""

    def holders(side, path):
        lines, held = {pair[side][1] for pair in stretch}, collections.defaultdict(set)
        for start, end, number in by_file[path]:
            held[number].update(line for line in lines if start <= line <= end)
        return {number for number, these in held.items() if these == lines}

    return bool(holders(0, paths[0]) & holders(1, paths[1]))


def is_overlap(stretch, preset, one, two):
    """Whether the stretch begins anew within itself, too soon for a clone."""
    distance = stretch[0][1][2] - stretch[0][0][2]
    return one == two and abs(distance) < min(len(stretch), PRESETS[preset][0] + 5)


def apart(stretch, tables):
    """The parts of a stretch that are in no table on either side."""
    parts = [[]]
    for pair in stretch:
        if any(token[2] in table for token, table in zip(pair, tables)):
            parts.append([])
        else:
            parts[-1].append(pair)
    return [part for part in parts if part] or [[]]


def compare(name, preset, clones, corpus, gate):
    by_file, skipped, count = gate_clones(gate, corpus.root, preset)
    reasons, unexplained, pairs = collections.Counter(), [], 0
    for places in clones:
        for other in places[1:]:
            pairs += 1
            reason = explain(corpus, by_file, skipped, preset, places[0], other)
            reasons[reason or "UNEXPLAINED"] += 1
            if reason is None:
                unexplained.append((places[0], other))
    print(f"{name}: {pairs} pairs; gate: {count} classes; {dict(reasons.most_common())}")
    for one, two in unexplained:
        print(f"  {one[0]}:{one[1]}-{one[2]} and {two[0]}:{two[1]}-{two[2]}")
    return len(unexplained)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpus")
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    args.add_argument("--gate", default=os.path.join(here, "target/release/gate"))
    args.add_argument("--pmd")
    args.add_argument("--jscpd")
    args = args.parse_args()
    corpus = Corpus(os.path.realpath(args.corpus))
    bad = 0
    if args.pmd:
        bad += compare("PMD CPD", "pmd-cpd", cpd_clones(args.pmd, corpus.root), corpus, args.gate)
    if args.jscpd:
        bad += compare("jscpd", "jscpd", jscpd_clones(args.jscpd, corpus.root), corpus, args.gate)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
