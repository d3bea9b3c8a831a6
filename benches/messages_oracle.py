#!/usr/bin/env python3
"""Compares gate's findings in commit messages with those of gitlint and commitlint, rule by rule.

    benches/messages_oracle.py REPO... --gitlint BIN --commitlint DIR [--gate PATH] [--last N] [--samples N]

BIN is gitlint's program (PyPI: gitlint), DIR a folder with @commitlint/load, @commitlint/lint and @commitlint/config-conventional in its
node_modules (npm). gate runs as `gate check --commit REV --only commit --format json` under a gate.toml that turns all rules on. For
each pair of rules that mean the same it prints how many commits both find, only gate and only the other, with some subjects of
each: every kind of disagreement is explained in the page of gate's rule.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import tempfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAIRS = [
    ("commit-subject-length", "gitlint T1", "T1"),
    ("commit-subject-full-stop", "gitlint T3", "T3"),
    ("commit-unfinished", "gitlint T5", "T5"),
    ("commit-blank-line", "gitlint B4", "B4"),
    ("commit-body-width", "gitlint B1", "B1"),
    ("commit-signed-off", "gitlint CC1", "CC1"),
    ("commit-conventional", "gitlint CT1", "CT1"),
    ("commit-conventional", "commitlint type-empty", "type-empty"),
    ("commit-conventional", "commitlint type-enum", "type-enum"),
    ("commit-subject-length", "commitlint header-max-length", "header-max-length"),
    ("commit-subject-full-stop", "commitlint subject-full-stop", "subject-full-stop"),
    ("commit-subject-capital", "commitlint subject-case", "subject-case"),
    ("commit-blank-line", "commitlint body-leading-blank", "body-leading-blank"),
    ("commit-body-width", "commitlint body-max-line-length", "body-max-line-length"),
]
CONFIG = '[rules]\nprofile = "all"\n'
LINT = """
const {createRequire} = require('module'), path = require('path');
const from = createRequire(path.join(process.argv[1], 'x.js'));
const whole = module => module.default ?? module;
(async () => {
  const load = whole(await import(from.resolve('@commitlint/load'))), lint = whole(await import(from.resolve('@commitlint/lint')));
  const config = await load({extends: ['@commitlint/config-conventional'], rules: {'header-max-length': [2, 'always', 72],
    'body-max-line-length': [2, 'always', 72]}}, {cwd: process.argv[1]});
  const options = {parserOpts: config.parserPreset?.parserOpts};
  const said = {};
  for (const [id, message] of Object.entries(JSON.parse(require('fs').readFileSync(process.argv[2])))) {
    const {errors, warnings} = await lint(message, config.rules, options);
    said[id] = [...errors, ...warnings].map(one => one.name);
  }
  console.log(JSON.stringify(said));
})();
"""


def output(command, **options):
    return subprocess.run(command, capture_output=True, check=False, **options).stdout.decode("utf-8", "replace")


def messages(repo, last):
    """Message by commit, the newest first."""
    rows = output(["git", "-C", repo, "log", "-z", f"--max-count={last}", "--format=%H%n%B"]).split("\0")
    return dict(row.split("\n", 1) for row in rows if "\n" in row)


def said_by_gate(gate, repo, commits):
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "gate.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(CONFIG)
        said = {}
        for commit in commits:
            command = [gate, "--config", config, "check", "--commit", commit, "--only", "commit", "--format", "json"]
            run = subprocess.run(command, cwd=repo, capture_output=True, check=False)
            if run.returncode not in (0, 1):
                raise SystemExit(f"{' '.join(command)} in {repo}: {run.stderr.decode('utf-8', 'replace')}")
            said[commit] = {one["rule"] for one in json.loads(run.stdout)["findings"]}
        return said


def said_by_gitlint(gitlint, commits):
    options = ["-c", "title-max-length.line-length=72", "-c", "body-max-line-length.line-length=72", "--contrib", "CT1,CC1"]
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", folder], check=True)
        path = os.path.join(folder, "message")
        for commit, message in commits.items():
            with open(path, "w", encoding="utf-8") as file:
                file.write(message)
            run = subprocess.run([gitlint, *options, "--msg-filename", path], cwd=folder, capture_output=True, check=False)
            lines = (run.stdout + run.stderr).decode("utf-8", "replace").splitlines()
            said[commit] = {match[1] for match in map(re.compile(r"^(?:\d+|-): ([A-Z]+\d+) ").match, lines) if match}
    return said


def said_by_commitlint(folder, commits):
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(commits, file)
        file.flush()
        said = json.loads(output(["node", "-e", LINT, os.path.abspath(folder), file.name]))
    return {commit: set(rules) for commit, rules in said.items()}


def compare(repo, commits, gate, gitlint, commitlint, samples):
    print(f"{repo}: {len(commits)} messages")
    print(f"  {'gate':26}{'other':34}{'both':>6}{'gate':>6}{'other':>6}")
    for rule, title, code in PAIRS:
        other = commitlint if title.startswith("commitlint") else gitlint
        kinds = collections.defaultdict(list)
        for commit in commits:
            kinds[(rule in gate[commit], code in other.get(commit, ()))].append(commit)
        both, own, others = kinds[(True, True)], kinds[(True, False)], kinds[(False, True)]
        print(f"  {rule:26}{title:34}{len(both):6}{len(own):6}{len(others):6}")
        for name, found in (("gate", own), (title, others)):
            for commit in found[:samples]:
                print(f"      only {name}: {commit[:10]} {commits[commit].strip().splitlines()[:1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repos", nargs="+", metavar="REPO")
    parser.add_argument("--gate", default=os.path.join(HERE, "target/release/gate"))
    parser.add_argument("--gitlint", required=True)
    parser.add_argument("--commitlint", required=True)
    parser.add_argument("--last", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=2)
    options = parser.parse_args()
    for repo in options.repos:
        commits = messages(repo, options.last)
        gate = said_by_gate(options.gate, repo, commits)
        gitlint, commitlint = said_by_gitlint(options.gitlint, commits), said_by_commitlint(options.commitlint, commits)
        compare(repo, commits, gate, gitlint, commitlint, options.samples)


if __name__ == "__main__":
    main()
