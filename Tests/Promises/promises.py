#!/usr/bin/env python3
"""Writes README.md's table of promises: what each document promises, which tests are named by it, how they ended.

A test, or a suite with all its tests, is named by a promise whose id stands before the first colon of its name. How it
ended is read from the log of the last `make test`.
"""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMISES = ROOT / "Tests/Promises/promises.tsv"
LOG = ROOT / "var/test.log"
README = ROOT / "README.md"
BEGIN, END = "<!-- promises: begin -->", "<!-- promises: end -->"
NAME = re.compile(r'@(Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"')
ENDED = re.compile(r'^[✔✘] (Test|Suite) "(.*?)"(?: with \d+ test cases?)? (passed|failed) after')
DOCUMENTS = {"A": "Toota", "B": "Depannini", "C": "CareConnect", "D": "FixOnCall", "E": "LiveBookings"}


def promises():
    for line in PROMISES.read_text().splitlines():
        name, text, reason = line.split("\t")
        yield name, text, reason


def tests():
    """Promise to the kind, name and file of each test."""
    found = collections.defaultdict(list)
    for path in sorted((ROOT / "Tests").rglob("*.swift")):
        for kind, name in NAME.findall(path.read_text()):
            before, colon, _ = name.partition(":")
            for promise in set(re.findall(r"\b[A-E]\d{1,2}\b", before)) if colon else ():
                found[promise].append((kind, name, path.stem))
    return found


def results():
    """Kind and name to the words the log has for their ends."""
    ended = collections.defaultdict(set)
    if LOG.exists():
        for line in LOG.read_text(errors="replace").splitlines():
            if match := ENDED.match(line):
                ended[match[1], match[2]].add(match[3])
    return ended


def state(own, ended):
    words = [ended.get((kind, name.replace('\\"', '"')), {"not run"}) for kind, name, _ in own]
    if any("failed" in word for word in words):
        return "**failed**"
    passed = sum("passed" in word for word in words)
    return "passed" if passed == len(words) else "not run" if passed == 0 else f"{passed} of {len(words)} passed"


def table():
    found, ended = tests(), results()
    missing, last = [], None
    for name, text, reason in promises():
        if name[0] != last:
            last = name[0]
            yield f"\n**{DOCUMENTS[last]}**\n\n| | promise | tests | state |\n|---|---|---|---|"
        own = found[name]
        if own:
            files = collections.Counter(file for _, _, file in own)
            where = ", ".join(f"`{file}`" + (f" × {count}" if count > 1 else "") for file, count in sorted(files.items()))
            yield f"| {name} | {text} | {where} | {state(own, ended)} |"
        elif reason:
            yield f"| {name} | {text} | | not part of a server: {reason} |"
        else:
            missing.append(name)
            yield f"| {name} | {text} | | **no test** |"
    if missing:
        print("without a test or a reason:", ", ".join(missing), file=sys.stderr)


def main():
    text = README.read_text()
    if BEGIN not in text or END not in text:
        sys.exit(f"README.md has no place for the table: {BEGIN} and {END}")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    README.write_text(before + BEGIN + "\n".join([""] + list(table())) + "\n" + END + after)


main()
