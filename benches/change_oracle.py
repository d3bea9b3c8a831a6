#!/usr/bin/env python3
"""Compares the file pairs and added lines of gate with those of `git diff-tree -M -p`, over the history of a repository;
of `git diff-tree -C -p` where the repository's `diff.renames` is `copies`.

    benches/change_oracle.py REPOSITORY [LAST]

Prints each commit that differs and exits 1 if there is one. Merges are compared with their first parent."""
import json
import os
import subprocess
import sys

GATE = ["cargo", "bench", "-q", "--bench", "change", "--"]


def git(repository, *args, **more):
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", "-C", repository, *args], env=env, capture_output=True, check=True, **more).stdout


def unquoted(name):
    """A path of a patch header: in quotes with octal escapes, or bare with a tab where it holds spaces."""
    if not name.startswith(b'"'):
        return name.removesuffix(b"\t")
    letters = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v", b'"': b'"', b"\\": b"\\"}
    text, at, body = b"", 0, name[1:-1]
    while at < len(body):
        if body[at:at + 1] != b"\\":
            text, at = text + body[at:at + 1], at + 1
        elif body[at + 1:at + 2].isdigit():
            text, at = text + bytes([int(body[at + 1:at + 4], 8)]), at + 4
        else:
            text, at = text + letters[body[at + 1:at + 2]], at + 2
    return text


def readable(path):
    return path.decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") if path.isascii() else \
        "".join(letter if not 0xDC80 <= ord(letter) <= 0xDCFF else "\\%03o" % (ord(letter) - 0xDC00)
                for letter in path.decode("utf-8", "surrogateescape"))


def raw_pairs(fields):
    """The pairs of `--raw -z`: what each is called before and after, with modes."""
    pairs, at = [], 0
    while at < len(fields) and fields[at].startswith(b":"):
        old_mode, new_mode, old_id, new_id, status = fields[at][1:].decode().split(" ")
        first = readable(fields[at + 1])
        if status[0] in "RC":
            second, at = readable(fields[at + 2]), at + 3
        else:
            second, at = first, at + 2
        old = None if status[0] == "A" else [first, old_mode]
        new = None if status[0] == "D" else [second, new_mode]
        pairs.append({"old": old, "new": new, "renamed": status[0] == "R", "same": old_id == new_id})
    return pairs, at


def added_lines(patch):
    """For each file of a patch, in order: its added lines as ranges, and whether it is binary."""
    files, current, line, left = [], None, 0, [0, 0]
    for text in patch.split(b"\n"):
        if current is not None and (left[0] > 0 or left[1] > 0):
            kind = text[:1]
            if kind == b"+":
                if current["added"] and current["added"][-1][1] == line:
                    current["added"][-1][1] = line + 1
                else:
                    current["added"].append([line, line + 1])
            line += kind in (b"+", b" ")
            left[0] -= kind in (b"-", b" ")
            left[1] -= kind in (b"+", b" ")
        elif text.startswith(b"diff --git "):
            current = {"added": [], "binary": False}
            files.append(current)
        elif text.startswith(b"@@ "):
            spans = [part[1:].split(b",") for part in text.split(b" ")[1:3]]
            line, left = int(spans[1][0]), [int(span[1]) if len(span) > 1 else 1 for span in spans]
        elif text.startswith(b"Binary files ") and current is not None:
            current["binary"] = True
    return files


def expected(repository, moves, base, commit):
    same = ["--no-ext-diff", "--no-textconv", "--no-color", "--full-index", "-r", moves, base, commit]
    fields = git(repository, "diff-tree", "--raw", "-z", *same).split(b"\0")
    pairs, _ = raw_pairs(fields)
    files = added_lines(git(repository, f"--attr-source={commit}", "diff-tree", "-p", *same))
    at = 0
    for pair in pairs:
        kinds = {side[1][:3] for side in (pair["old"], pair["new"]) if side}
        # What changes its kind is shown as two files: deleted, then new.
        shown = files[at:at + len(kinds)]
        at += len(kinds)
        is_module = pair["new"] and pair["new"][1] == "160000"
        pair["added"] = [] if is_module else shown[-1]["added"] if pair["new"] else []
        pair["binary"] = any(file["binary"] for file in shown)
        if any(file["binary"] for file in shown):
            pair["added"] = []
        del pair["same"]
    assert at == len(files), (commit, at, len(files))
    return sorted(pairs, key=lambda pair: (pair["new"] or pair["old"])[0].encode())


def main():
    repository, last = sys.argv[1], sys.argv[2:3]
    limit = [f"--max-count={last[0]}"] if last else []
    commits = [line.split() for line in git(repository, "rev-list", "--parents", *limit, "HEAD").decode().splitlines()]
    empty = git(repository, "hash-object", "-t", "tree", "--stdin", input=b"").decode().strip()
    gate = os.environ.get("GATE_CHANGE", "").split() or GATE
    found = subprocess.run([*gate, repository], input="\n".join(line[0] for line in commits).encode(), stdout=subprocess.PIPE, check=True).stdout
    moves = "-C" if git(repository, "config", "--default", "true", "diff.renames").strip() == b"copies" else "-M"
    differ = pairs = lines = renamed = 0
    for (commit, *parents), found in zip(commits, found.splitlines(), strict=True):
        found = json.loads(found)
        wanted = expected(repository, moves, parents[0] if parents else empty, commit)
        pairs += len(wanted)
        renamed += sum(pair["renamed"] for pair in wanted)
        lines += sum(end - start for pair in wanted for start, end in pair["added"])
        if found.get("pairs") != wanted:
            differ += 1
            print(commit, found.get("error") or found.get("undecided") or "")
            for pair in found.get("pairs", []):
                if pair not in wanted:
                    print("  gate", json.dumps(pair)[:300])
            for pair in wanted:
                if pair not in found.get("pairs", []):
                    print("  git ", json.dumps(pair)[:300])
    print(f"{len(commits)} commits, {pairs} pairs ({renamed} renamed), {lines} added lines: {differ} commits differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
