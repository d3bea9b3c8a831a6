#!/usr/bin/env python3
"""Measures how coverage is read: whole processes on one core, in turn, the median of the ratios pair by pair.

    benches/coverage.py FOLDER [--runs N] [--grcov PATH] [--diff-cover PATH] [--lcov PATH] [--gate PATH]

Makes reports of 100 MB each in FOLDER (the same bytes every time), then runs `benches/coverage.rs` and the other tools, which are looked for
on the PATH unless they are named: grcov (`cargo install grcov`), diff-cover (PyPI) and lcov 1.16 (Debian). Prints one table. `--gate` names
the built bench, so that it need not be built again.
"""
import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SIZE = 100 << 20


def lines_of(rng):
    """Some 350 coverable lines of one file: number, hits, branches covered and in all."""
    number, rows = 0, []
    for _ in range(rng.randrange(300, 400)):
        number += rng.choice((1, 1, 1, 2, 3))
        hits = rng.choice((0, 0, 1, 1, 2, 5, 17, 1204))
        total = 2 if rng.random() < 0.2 else 0
        rows.append((number, hits, rng.randrange(total + 1) if hits else 0, total))
    return rows


def path_of(place):
    return f"module{place % 40}/src/main/java/com/example/part{place % 97}/Source{place}.java"


def lcov(path, rows):
    out = [f"TN:\nSF:/home/ci/job/{path}\nFN:{rows[0][0]},first\nFNDA:3,first\nFNF:1\nFNH:1\n"]
    for number, _, covered, total in rows:
        out += [f"BRDA:{number},0,{arm},{int(arm < covered)}\n" for arm in range(total)]
    out += [f"DA:{number},{hits}\n" for number, hits, _, _ in rows]
    return "".join(out) + f"LF:{len(rows)}\nLH:{sum(row[1] > 0 for row in rows)}\nend_of_record\n"


def jacoco(path, rows):
    folder, name = path.split("/java/")[1].rsplit("/", 1)
    counters = "".join(f'<counter type="{kind}" missed="3" covered="17"/>' for kind in ("INSTRUCTION", "BRANCH", "LINE", "COMPLEXITY", "METHOD"))
    methods = "".join(f'<method name="method{number}" desc="(Ljava/lang/String;I)V" line="{number}">{counters}</method>' for number, *_ in rows[::8])
    lines = "".join(
        f'<line nr="{number}" mi="{0 if hits else 4}" ci="{4 if hits else 0}" mb="{total - covered}" cb="{covered}"/>'
        for number, hits, covered, total in rows
    )
    return (
        f'<package name="{folder}"><class name="{folder}/{name[:-5]}" sourcefilename="{name}">{methods}{counters}</class>'
        f'<sourcefile name="{name}">{lines}{counters}</sourcefile>{counters}</package>'
    )


def cobertura(path, rows):
    def line(number, hits, covered, total):
        branch = f' branch="true" condition-coverage="{100 * covered // total}% ({covered}/{total})"' if total else ""
        return f'<line number="{number}" hits="{hits}"{branch}/>\n'

    lines = "".join(line(*row) for row in rows)
    return f'<class name="{path}" filename="{path}" line-rate="0.5" branch-rate="0.5"><methods/><lines>\n{lines}</lines></class>\n'


def go(path, rows):
    return "".join(f"example.com/job/{path}:{number}.13,{number + 1}.3 1 {hits}\n" for number, hits, _, _ in rows)


FORMATS = {
    "lcov.info": ("", lcov, ""),
    "lcov2.info": ("", lcov, ""),
    "jacoco.xml": (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="x">',
        jacoco,
        "</report>",
    ),
    "cobertura.xml": (
        '<?xml version="1.0" ?>\n<coverage version="1" line-rate="0.5" branch-rate="0.5"><sources><source>.</source></sources>'
        "<packages><package><classes>\n",
        cobertura,
        "</classes></package></packages></coverage>\n",
    ),
    "go.out": ("mode: count\n", go, ""),
}


def make(folder):
    os.makedirs(folder, exist_ok=True)
    most = 0
    for seed, (name, (head, body, tail)) in enumerate(FORMATS.items()):
        file = os.path.join(folder, name)
        rng, size, place = random.Random(seed), 0, 0
        # The second tracefile is of the same program in another run.
        program = random.Random(99)
        with open(file, "w", encoding="ascii") as out:
            out.write(head)
            while size < SIZE:
                rows = lines_of(program)
                rows = [(number, hits if rng.random() < 0.8 else 0, covered, total) for number, hits, covered, total in rows]
                size += out.write(body(path_of(place), [(n, h, c if h else 0, t) for n, h, c, t in rows]))
                place += 1
            out.write(tail)
        most = max(most, place)
    with open(os.path.join(folder, "paths.txt"), "w", encoding="ascii") as out:
        out.writelines(path_of(place) + "\n" for place in range(most))
    with open(os.path.join(folder, "many.txt"), "w", encoding="ascii") as out:
        out.writelines(path_of(place) + "\n" for place in range(200_000))


def run(command, cwd):
    """Wall seconds, CPU seconds and peak memory in MB, on one core."""
    begin = time.monotonic()
    process = subprocess.Popen(["taskset", "-c", "0", *command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command} failed, so there is nothing to compare")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.strip()


def compare(title, wanted, ours, theirs, runs, cwd):
    """The other tool and gate in turn; CPU, since the core may be shared. What gate reads are the last of its arguments."""
    if not theirs[0]:
        print(f"| {title} | | not installed | | {wanted} | |", flush=True)
        return
    run(ours, cwd)
    size = sum(os.path.getsize(os.path.join(cwd, name)) for name in ours[2:]) / (1 << 20)
    pairs = [(run(theirs, cwd), run(ours, cwd)) for _ in range(runs)]
    them, us = (statistics.median(pair[side][1] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(pair[0][1] / pair[1][1] for pair in pairs)
    memory = max(pair[1][2] for pair in pairs)
    print(f"| {title} | {us:.2f} s | {them:.2f} s | {ratio:.1f} | {wanted} | {memory:.0f} MB, {memory / size:.2f} x |", flush=True)
    print(f"  {pairs[0][1][3]}", file=sys.stderr)


def repository(folder):
    """A repository with one changed file, which diff-cover wants."""
    root = os.path.join(folder, "repository")
    file = os.path.join(root, path_of(0))
    if os.path.exists(root):
        return root
    os.makedirs(os.path.dirname(file))

    def git(*args):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *args], cwd=root, check=True, stdout=subprocess.DEVNULL)

    git("init", "-q", "-b", "main")
    for text in ("one\n", "one\ntwo\n"):
        with open(file, "w", encoding="ascii") as out:
            out.write(text)
        git("add", ".")
        git("commit", "-q", "-m", "x")
    return root


def bench():
    built = subprocess.run(["cargo", "bench", "--bench", "coverage", "--no-run"], cwd=HERE, check=True, capture_output=True, text=True)
    return os.path.join(HERE, built.stderr.rsplit("(", 1)[1].split(")")[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--grcov", default=shutil.which("grcov"))
    parser.add_argument("--diff-cover", default=shutil.which("diff-cover"))
    parser.add_argument("--lcov", default=shutil.which("lcov"))
    parser.add_argument("--gate")
    args = parser.parse_args()
    folder = os.path.abspath(args.folder)
    if not os.path.exists(os.path.join(folder, "many.txt")):
        make(folder)
    gate = os.path.abspath(args.gate) if args.gate else bench()

    def ours(*reports):
        return [gate, "paths.txt", *reports]

    print("| what | gate, CPU | other, CPU | ratio | wanted | gate's peak memory, of the input |\n|---|---|---|---|---|---|")
    for title, wanted, file in (("LCOV", 5, "lcov.info"), ("JaCoCo", 8, "jacoco.xml"), ("Go", 3, "go.out")):
        theirs = [args.grcov, file, "-t", "lcov", "-o", "/dev/null", "--threads", "1"]
        compare(f"{title}, grcov", wanted, ours(file), theirs, args.runs, folder)
    theirs = ["env", "-C", repository(folder), args.diff_cover, os.path.join(folder, "cobertura.xml"), "--compare-branch", "main~1"]
    theirs = theirs if args.diff_cover else [None]
    compare("Cobertura, diff-cover", 25, ours("cobertura.xml"), theirs, max(1, args.runs // 2), folder)
    theirs = [args.lcov, "-q", "--rc", "lcov_branch_coverage=1", "-a", "lcov.info", "-a", "lcov2.info", "-o", "/dev/null"]
    compare("two LCOV merged, lcov", 50, ours("lcov.info", "lcov2.info"), theirs, 1, folder)
    print(run([gate, "many.txt"], folder)[3] + " (wanted: under 100 ms)")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
