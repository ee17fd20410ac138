#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Check the house rules. Each rule is one file in rules/ and proves itself first.

A rule module has a docstring (its first line is shown), `check(tree)` that yields
findings, and SAMPLES: small bad trees that it must reject at exactly the places named.
A rule that does not reject its samples is broken and counts as a failure.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from tree import Sample, Tree  # noqa: E402


def rule_names() -> list[str]:
    """The names of all rules, in the order in which they run."""
    return sorted(p.stem for p in (HERE / "rules").glob("*.py") if p.stem != "__init__")


def plant(sample: Sample, root: Path) -> None:
    """Write a sample's files below `root`."""
    for name, text in sample.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if name in sample.executable else 0o644)


def disproof(rule: ModuleType) -> list[str]:
    """Why the rule cannot be trusted: what its samples show it to miss or make up."""
    if not rule.SAMPLES:
        return ["has no sample that it must reject"]
    wrong = []
    for number, sample in enumerate(rule.SAMPLES, 1):
        with tempfile.TemporaryDirectory(prefix="lint-") as folder:
            root = Path(folder)
            plant(sample, root)
            found = [str(f) for f in rule.check(Tree(root, root / "build"))]
        for want in sample.expect:
            if not any(f.startswith(want) for f in found):
                wrong.append(f"sample {number}: missed: {want}")
        for got in found:
            if not any(got.startswith(want) for want in sample.expect):
                wrong.append(f"sample {number}: wrongly rejected: {got}")
    return wrong


def run_rule(name: str, tree: Tree, only_samples: bool) -> bool:
    """Run one rule and print what it found; true when there was nothing."""
    rule = importlib.import_module(f"rules.{name}")
    began = time.monotonic()
    try:
        problems = [f"broken rule: {text}" for text in disproof(rule)]
        if not problems and not only_samples:
            problems = [str(finding) for finding in sorted(set(rule.check(tree)))]
    except (RuntimeError, OSError) as error:
        problems = [f"could not check: {error}"]
    verdict = f"{len(problems)} found" if problems else "ok"
    print(f"{name:<12} {verdict:<10} {time.monotonic() - began:5.1f} s", flush=True)
    for problem in problems:
        print(f"  {problem}")
    return not problems


def main() -> int:
    """Parse arguments, run the rules, count."""
    parser = argparse.ArgumentParser(description="Check the house rules.")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="only these rules")
    parser.add_argument("--list", action="store_true", help="say what each rule checks")
    parser.add_argument("--self-test", action="store_true",
                        help="only prove that each rule rejects its bad samples")
    parser.add_argument("--build", type=Path, help="build folder (default build/dev)")
    args = parser.parse_args()

    unknown = set(args.rules) - set(rule_names())
    if unknown:
        parser.error(f"no such rule: {', '.join(sorted(unknown))}")
    names = args.rules or rule_names()
    if args.list:
        for name in names:
            doc = importlib.import_module(f"rules.{name}").__doc__
            print(f"{name:<12} {doc.splitlines()[0]}")
        return 0

    tree = Tree(HERE.parents[1], args.build and args.build.resolve())
    passed = sum(run_rule(name, tree, args.self_test) for name in names)
    failed = len(names) - passed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
