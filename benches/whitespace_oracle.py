#!/usr/bin/env python3
"""Compares gate's findings of white space with `git show --check`, commit by commit.

    benches/whitespace_oracle.py REPO... [--gate PATH] [--core WORDS] [--last N]

For every commit with one parent or none, lines and kinds of `gate check --commit REV --only whitespace --format json` must be those
that git prints, under `core.whitespace = WORDS`. REPO may be bare. Ends with 1 if any commit differs.
"""
import argparse
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KINDS = {
    "trailing whitespace": "blank-at-eol",
    "space before tab in indent": "space-before-tab",
    "indent with spaces": "indent-with-non-tab",
    "tab in indent": "tab-in-indent",
    "new blank line at EOF": "blank-at-eof",
    "leftover conflict marker": "leftover-conflict-marker",
}
SAID = re.compile(r"^(.+?):(\d+): ((?:%s)(?:, (?:%s))*)\.?$" % (("|".join(KINDS),) * 2))


def settings(core):
    """For git and gate alike, and for no other configuration of the machine."""
    pairs = {"core.whitespace": core, "core.quotepath": "false"}
    numbered = [(f"GIT_CONFIG_{what}_{at}", text) for at, pair in enumerate(pairs.items()) for what, text in zip(("KEY", "VALUE"), pair)]
    return {**os.environ, **dict(numbered), "GIT_CONFIG_COUNT": str(len(pairs)), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(repo, env, *arguments):
    return subprocess.run(["git", "-C", repo, *arguments], env=env, capture_output=True, check=False).stdout.decode("utf-8", "replace")


def said_by_git(repo, env, commit):
    lines = git(repo, env, "show", "--format=", "--check", commit).split("\n")
    found = [match for match in map(SAID.match, lines) if match and match[0][0] not in "+- "]
    return {(match[1], int(match[2]), KINDS[kind]) for match in found for kind in match[3].split(", ")}


def said_by_gate(gate, repo, env, commit):
    command = [gate, "check", "--commit", commit, "--only", "whitespace", "--format", "json"]
    run = subprocess.run(command, cwd=repo, env=env, capture_output=True, check=False)
    if run.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} in {repo}: {run.stderr.decode('utf-8', 'replace')}")
    rules = set(KINDS.values())
    findings = json.loads(run.stdout)["findings"]
    return {(one["path"], one["start"]["line"], one["rule"]) for one in findings if one["rule"] in rules}


def compare(gate, repo, env, last):
    limit = [f"--max-count={last}"] if last else []
    commits = git(repo, env, "rev-list", "--no-merges", *limit, "HEAD").split()
    total, differing = 0, 0
    for commit in commits:
        wanted, found = said_by_git(repo, env, commit), said_by_gate(gate, repo, env, commit)
        total += len(wanted)
        if wanted != found:
            differing += 1
            print(f"{commit}: only git {sorted(wanted - found)[:3]}, only gate {sorted(found - wanted)[:3]}")
    print(f"{repo}: {len(commits)} commits, {total} findings of git, {differing} commits differ")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repos", nargs="+", metavar="REPO")
    parser.add_argument("--gate", default=os.path.join(HERE, "target/release/gate"))
    parser.add_argument("--core", default="")
    parser.add_argument("--last", type=int, default=0)
    options = parser.parse_args()
    env = settings(options.core)
    sys.exit(1 if sum(compare(options.gate, repo, env, options.last) for repo in options.repos) else 0)


if __name__ == "__main__":
    main()
