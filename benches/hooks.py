#!/usr/bin/env python3
"""How long Gerrit waits for its hooks: commit-received on one-commit pushes into a large repository, and patchset-created.

    benches/hooks.py GATE FOLDER [--pushes N]

GATE is a release binary. FOLDER holds a source tree, such as the JDK's that benches/corpora.sh fetches; a bare repository is made of it
once, beside it, and each push changes one file in it. Whole processes are measured, with /bin/true for what starting one costs. CPU is user
and system time; on a busy machine it says more than the wall's time.
"""
import argparse
import fcntl
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

WHO = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))}


def git(*args, cwd, stdin=None, index=None):
    command = ["git", "-c", "core.autocrlf=false", "-c", "gc.auto=0", *map(str, args)]
    env = os.environ | WHO | ({"GIT_INDEX_FILE": index} if index else {})
    return subprocess.run(command, cwd=cwd, env=env, input=stdin, check=True, capture_output=True).stdout


def bare_of(tree):
    bare = tree.with_name(tree.name + ".git")
    if not bare.exists():
        git("init", "-q", "--bare", "-b", "main", bare, cwd=tree)
        git("--git-dir", bare, "--work-tree", tree, "add", "-A", "-f", cwd=tree)
        git("--git-dir", bare, "--work-tree", tree, "commit", "-q", "-m", "Add the tree", cwd=tree)
        git("repack", "-adq", cwd=bare)
    return bare


def pushes(bare, index, count):
    """Commits with one changed file each, all on the same parent, as loose objects of the bare repository: what a push leaves there."""
    base = git("rev-parse", "refs/heads/main", cwd=bare).decode().strip()
    git("read-tree", base, cwd=bare, index=index)
    files = [file for file in git("ls-tree", "-r", "--name-only", base, cwd=bare).decode().splitlines() if file.endswith(".java")]
    random.Random(1).shuffle(files)
    for file in files[:count]:
        lines = git("cat-file", "blob", f"{base}:{file}", cwd=bare).split(b"\n")
        lines.insert(len(lines) // 2, b"// one line more")
        blob = git("hash-object", "-w", "--stdin", cwd=bare, stdin=b"\n".join(lines)).decode().strip()
        old = git("rev-parse", f"{base}:{file}", cwd=bare).decode().strip()
        git("update-index", "--cacheinfo", f"100644,{blob},{file}", cwd=bare, index=index)
        tree = git("write-tree", cwd=bare, index=index).decode().strip()
        git("update-index", "--cacheinfo", f"100644,{old},{file}", cwd=bare, index=index)
        yield base, git("commit-tree", tree, "-p", base, "-m", "Say one thing more", cwd=bare).decode().strip()


def ran(command, cwd, env, code):
    begin = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != code:
        raise SystemExit(f"{command}: exit code {child.returncode}\n{output.decode()}")
    return wall * 1000, (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024


def row(name, runs):
    wall, cpu, memory = zip(*runs)
    percentile = sorted(wall)[int(len(wall) * 0.95)]
    print(f"{name:28} n={len(runs):4}  wall: median {statistics.median(wall):6.1f} ms, 95 % {percentile:6.1f} ms, least {min(wall):6.1f} ms"
          f"  CPU: median {statistics.median(cpu):5.1f} ms  memory: {max(memory):4.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gate", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--pushes", type=int, default=100)
    args = parser.parse_args()
    gate = args.gate.resolve()
    bare = bare_of(args.folder.resolve())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site = pathlib.Path(folder) / "site"
        (site / "etc").mkdir(parents=True)
        subprocess.run([gate, "install", "--gerrit-site", site, "-q"], check=True)
        env = {"PATH": os.environ["PATH"], "GIT_DIR": str(bare), "GERRIT_SITE": str(site)}
        # Workers have no server to talk to here, and would only take the processor.
        lock = open(site / "data/gate/lock", "a")
        fcntl.flock(lock, fcntl.LOCK_EX)
        received, created, nothing = [], [], []
        who = ["--uploader", "A <a@example.org>", "--uploader-username", "a"]
        for number, (old, new) in enumerate(pushes(bare, f"{folder}/index", args.pushes)):
            hook = [site / "hooks/commit-received", "--project", "p", "--refname", "refs/heads/main", *who]
            received.append(ran([*hook, "--oldrev", old, "--newrev", new, "--cmdref", "refs/for/main"], bare, env, 0))
            hook = [site / "hooks/patchset-created", "--change", f"p~{number}", "--kind", "REWORK", "--project", "p", "--branch", "main"]
            created.append(ran([*hook, "--topic", "", *who, "--commit", new, "--patchset", "1"], bare, env, 0))
            nothing.append(ran(["/bin/true"], bare, env, 0))
    row("commit-received", received)
    row("patchset-created", created)
    row("/bin/true", nothing)


if __name__ == "__main__":
    main()
