#!/usr/bin/env python3
"""Measures what a commit costs: a process each, and all of them replayed by one; for each commit all sides in turn.

    benches/commits.py REPOSITORY [--every N] [--last N]

Wants a release build of gate and of the floor, made here if cargo is there. The gate is one of conditions on new code, so that only the
files that a commit touches are read.
"""
import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import time

from figures import GATE, floor

CONDITIONS = """
[rules]
duplicated-code = "off"

[[gate.conditions]]
metric = "bugs"
on = "new"
fail = "> 0"

[[gate.conditions]]
metric = "code_smells"
on = "new"
fail = "> 0"
"""

SOURCES = (".java", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


def git(repository, *args):
    return subprocess.run(["git", "-C", repository, *args], capture_output=True, check=True).stdout


def run(command, cwd):
    """Wall and CPU milliseconds of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    return wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000


def parse_of_touched(repository, commit, bare):
    """Wall milliseconds that parsing alone takes for both sides of the files that a commit touches, without the process around it."""
    names = git(repository, "diff-tree", "-r", "--no-commit-id", "--no-renames", "--root", "-z", "-m", "--first-parent", commit)
    fields = names.decode(errors="replace").split("\0")
    with tempfile.TemporaryDirectory() as folder:
        for number, (change, path) in enumerate(zip(fields[::2], fields[1::2])):
            if not path.endswith(SOURCES):
                continue
            _, _, old, new, _ = change.split()
            for side, blob in (("old", old), ("new", new)):
                if set(blob) != {"0"}:
                    with open(os.path.join(folder, f"{number}{side}{os.path.splitext(path)[1]}"), "wb") as file:
                        file.write(git(repository, "cat-file", "blob", blob))
        said = subprocess.run([bare, "2", folder], capture_output=True, check=True, text=True).stdout
        return float(said.rsplit(" in ", 1)[1].split()[0])


def row(title, walls, cpus, against="", wanted=""):
    last = statistics.quantiles(walls, n=100)[98] if len(walls) > 1 else walls[0]
    print(f"| {title} | {statistics.median(walls):.1f} ms | {last:.0f} ms | {statistics.median(cpus):.1f} ms | {against} | {wanted} |", flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("repository")
    args.add_argument("--every", type=int, default=1, help="take one commit in so many")
    args.add_argument("--last", type=int, default=2000, help="of the last so many")
    args = args.parse_args()
    bare = floor()
    repository = os.path.abspath(args.repository)
    commits = git(repository, "rev-list", "--first-parent", f"--max-count={args.last}", "HEAD").decode().split()
    commits = commits[:: args.every]
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(CONDITIONS)
        config.flush()
        judge = [GATE, "check", "--quiet", "--config", config.name]
        sides = {"gate": [], "only": [], "git": []}
        parses = []
        for commit in commits:
            commands = {
                "gate": judge + ["--commit", commit],
                "only": judge + ["--only", "whitespace,commit", "--commit", commit],
                "git": ["git", "show", "--check", commit],
            }
            for side, command in commands.items():
                sides[side].append(run(command, repository))
            parses.append(parse_of_touched(repository, commit, bare))
        (wall, cpu), (only_wall, only_cpu), (git_wall, git_cpu) = (list(zip(*sides[side])) for side in ("gate", "only", "git"))
        ratios = [one / (3 * two + parse) for one, two, parse in zip(wall, git_wall, parses)]
        of_medians = statistics.median(wall) / (3 * statistics.median(git_wall) + statistics.median(parses))
        print("| a process a commit | median wall | 99 % | median CPU | against 3 x git show --check + parse | wanted |\n|---|---|---|---|---|---|")
        against = f"{of_medians:.2f} of the medians, {statistics.median(ratios):.2f} in the median"
        row("gate, all of new code", wall, cpu, against, "at most 1; 99 % under 400 ms")
        row("gate, white space and messages", only_wall, only_cpu, wanted="median at most 15 ms")
        row("git show --check", git_wall, git_cpu)
        row("parsing both sides of what is touched, without a process", parses, parses)
        replay = [GATE, "try", "--quiet", "--last", str(args.last), "--config", config.name]
        wall, cpu = run(replay, repository)
        count = int(git(repository, "rev-list", "--count", "--first-parent", f"--max-count={args.last}", "HEAD"))
        print(f"\nreplay by gate try: {count} commits, {count / wall * 1000:.0f} a second, {count / cpu * 1000:.0f} a CPU second; wanted 40")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
