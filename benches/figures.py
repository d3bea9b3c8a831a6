#!/usr/bin/env python3
"""Measures gate's figures: whole processes, in turn, several times over, and the median of the ratios pair by pair.

    benches/figures.py CORPORA [--runs N] [--pmd PATH/TO/bin/pmd] [--spring DIR]

CORPORA is the folder that benches/corpora.sh filled. Wants a release build of gate and of the floor, made here if cargo is there.
"""
import argparse
import glob
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GATE = os.path.join(HERE, "target/release/gate")


def run(command, cwd=None):
    """CPU seconds, wall seconds and peak memory in MB of one process and its children."""
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begin, usage.ru_maxrss / 1024


def compare(title, a, b, runs, figure, cwd=None):
    """Runs a and b in turn; `figure` 0 is CPU, 1 is wall."""
    for command in (a, b):
        run(command, cwd)
    pairs = [(run(a, cwd), run(b, cwd)) for _ in range(runs)]
    first = statistics.median(one[figure] for one, _ in pairs)
    second = statistics.median(two[figure] for _, two in pairs)
    ratio = statistics.median(one[figure] / two[figure] for one, two in pairs)
    memory = max(one[2] for one, _ in pairs)
    unit = ("CPU s", "wall s")[figure]
    print(f"| {title} | {first:.2f} {unit} | {second:.2f} {unit} | {ratio:.2f} | {memory:.0f} MB |", flush=True)


def judged_only(folder, into):
    """Copies the files that gate judges, so that both sides read the same: gate leaves minified, generated and vendored ones out."""
    report = subprocess.run([GATE, "check", "--all", ".", "--format", "metrics"], cwd=folder, capture_output=True, check=False)
    for file in json.loads(report.stdout)["files"]:
        target = os.path.join(into, file["path"])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(os.path.join(folder, file["path"]), target)


def floor():
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=HERE, check=True)
    built = subprocess.run(
        ["cargo", "bench", "--bench", "floor", "--no-run"], cwd=HERE, check=True, capture_output=True, text=True
    )
    path = built.stderr.rsplit("(", 1)[1].split(")")[0]
    return os.path.join(HERE, path)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("corpora")
    args.add_argument("--runs", type=int, default=5)
    args.add_argument("--only", choices=["jdk", "js"], help="only the ratio to parsing, on this corpus")
    args.add_argument("--pmd")
    args.add_argument("--spring")
    args = args.parse_args()
    bare = floor()
    check = [GATE, "check", "--all", ".", "--quiet"]
    print("| what | gate | against | ratio | gate's peak memory |\n|---|---|---|---|---|", flush=True)
    for name in [args.only] if args.only else ["jdk", "js"]:
        with tempfile.TemporaryDirectory() as same:
            # In a process of its own: a child's peak counts what its parent held when it was forked.
            copying = multiprocessing.Process(target=judged_only, args=(os.path.join(args.corpora, name), same))
            copying.start()
            copying.join()
            compare(f"{name}: whole analysis / parse only", check, [bare, "2", same], args.runs, 0, same)
    if args.only:
        return
    folder = os.path.join(args.corpora, "jdk")
    compare("jdk: one thread / two", check + ["--threads", "1"], check + ["--threads", "2"], args.runs, 1, folder)
    with tempfile.TemporaryDirectory() as small:
        # Ten ordinary files: of about the mean size of the corpus.
        files = sorted(glob.glob(os.path.join(folder, "java.base/java/**/*.java"), recursive=True))
        for file in [file for file in files if 12_000 < os.path.getsize(file) < 15_000][:10]:
            shutil.copy(file, small)
        run(check, small)
        walls = [run(check, small)[1] * 1000 for _ in range(30)]
        print(f"| ten files of 13 KB | {statistics.median(walls):.1f} wall ms | – | – | – |", flush=True)
    if args.pmd and args.spring:
        rules = [args.pmd, "check", "-d", ".", "-R", "rulesets/java/quickstart.xml", "--no-cache", "--no-progress", "-f", "text"]
        compare("Spring: pmd check quickstart / gate", rules, check, 1, 1, args.spring)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
