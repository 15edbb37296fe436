"""What DiploKG stands on, part by part: `python tests/reliability/supply.py [--sbom FILE] [--versions lowest newest]`.

Counts the packages that the core and each extra bring, with their licences, as they are in an installation made for
it by uv (`pip install uv cyclonedx-bom pip-audit`); `--sbom` writes the list of parts (CycloneDX), and pip-audit looks
for known vulnerabilities where its service can be reached. `--versions` runs the tests against the lowest and the
newest versions that pyproject.toml allows; `--tests` says which, in pytest's words. The exit code is 1 if something is
unlicensed, vulnerable, or does not pass.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = [name for name in PROJECT["optional-dependencies"] if name not in ("test", "spark")]
PARTS = """
import json, sys
sys.path[:0] = [{here!r}]
from test_supply import EXTRAS, FREE, RUNTIME, reached
core = reached(RUNTIME)
parts = {{"core": core}} | {{name: reached(EXTRAS[name]) for name in {extras!r}}}
json.dump({{name: {{"packages": found, "unfree": [key for key, said in found.items() if not FREE.search(said)]}}
           for name, found in parts.items()}}, sys.stdout)
"""
OLD_ABOUT_NEW = "error\nignore::DeprecationWarning:(?!kg|tests|test_).*"
"""Warnings stay errors in our own code; a lowest version may call what a newer one of another library deprecates."""


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)


def uv(*words: str | Path) -> str:
    """Run uv; without it, or when it fails, say so and stop."""
    if importlib.util.find_spec("uv") is None:
        sys.exit("uv is not installed: pip install uv cyclonedx-bom pip-audit")
    done = run(sys.executable, "-m", "uv", *words)
    if done.returncode:
        sys.exit(f"uv {' '.join(map(str, words[:3]))}: {done.stderr[-2000:]}")
    return done.stdout


def bare(requirement: str) -> str:
    """The name of a requirement as an index writes it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()


def named() -> dict[str, str]:
    """Every package that pyproject.toml names for use, with the lowest version it allows."""
    texts = [*PROJECT["dependencies"], *(text for name in EXTRAS for text in PROJECT["optional-dependencies"][name])]
    return {bare(text): match[1] for text in texts if (match := re.search(r">=([\d.]+)", text))}


def installed(place: Path, which: str) -> Path:
    """Install the core and all extras in their lowest or newest versions, then what the tests need; give its Python."""
    python = place / "bin" / "python"
    uv("venv", "-q", "--seed", "--python", sys.executable, place)
    kind = "lowest-direct" if which == "lowest" else "highest"
    install = ("pip", "install", "-q", "--compile-bytecode", "-p", python)
    uv(*install, "--resolution", kind, "-e", f"{ROOT}[{','.join(EXTRAS)}]")
    frozen = [line for line in uv("pip", "freeze", "-p", python).splitlines() if bare(line) in named()]
    (place / "pins.txt").write_text("\n".join(frozen), encoding="utf-8")
    uv(*install, "-c", place / "pins.txt", "-e", f"{ROOT}[test]")
    if which == "lowest":
        held = {bare(line): line.partition("==")[2] for line in frozen}
        for name, lowest in sorted(named().items()):
            if name in held and tuple(held[name].split(".")[: lowest.count(".") + 1]) != tuple(lowest.split(".")):
                print(f"  {name}: {lowest} is allowed, but the others bring {held[name]}; raise it to what is tested")
    return python


def counted(python: Path) -> bool:
    """Print how many packages each part brings, and under which licences."""
    code = PARTS.format(here=str(Path(__file__).parent), extras=EXTRAS)
    done = run(python, "-c", code)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    parts = json.loads(done.stdout)
    core = parts["core"]["packages"]
    print(f"{'part':<10} {'packages':>8} {'beyond the core':>15}  licences")
    for name, part in parts.items():
        kinds = Counter(kind(said) for key, said in part["packages"].items() if name == "core" or key not in core)
        more = len(set(part["packages"]) - set(core))
        told = ", ".join(f"{family} {count}" for family, count in kinds.most_common())
        print(f"{name:<10} {len(part['packages']):>8} {'' if name == 'core' else more:>15}  {told}")
    unfree = sorted({key for part in parts.values() for key in part["unfree"]})
    print(f"without a known free licence: {', '.join(unfree) or 'none'}")
    return not unfree


FAMILIES = ("Apache", "MPL|Mozilla", "LGPL", "BSD", "MIT", "PSF|Python Software", "ISC", "W3C", "HPND")


def kind(said: str) -> str:
    """The family of a licence by what a package says of it."""
    found = next((family for family in FAMILIES if re.search(family, said, re.IGNORECASE)), "another")
    return found.partition("|")[0]


def listed(python: Path, file: Path) -> bool:
    """Write the list of parts as CycloneDX."""
    if importlib.util.find_spec("cyclonedx_py") is None:
        print("list of parts: not written, cyclonedx-bom is not installed")
        return False
    words = ("environment", "--output-reproducible", "--mc-type", "library", "--pyproject", ROOT / "pyproject.toml")
    done = run(sys.executable, "-m", "cyclonedx_py", *words, "-o", file.resolve(), python)
    if done.returncode:
        print(f"list of parts: {done.stderr[-500:]}")
        return False
    told = json.loads(file.read_text(encoding="utf-8"))
    print(f"list of parts: {file}, {told['bomFormat']} {told['specVersion']}, {len(told['components'])} parts")
    return True


def audited(place: Path) -> bool:
    """Look for known vulnerabilities; what cannot be reached is said and fails nothing."""
    if importlib.util.find_spec("pip_audit") is None:
        print("known vulnerabilities: not looked for, pip-audit is not installed")
        return True
    folder = next(place.glob("lib/python*/site-packages"))
    done = run(sys.executable, "-m", "pip_audit", "-f", "json", "--progress-spinner", "off", "--path", folder)
    try:
        told = json.loads(done.stdout)["dependencies"]
    except ValueError:
        print(f"known vulnerabilities: not looked for, {done.stderr.strip().splitlines()[-1][:200]}")
        return True
    known = [each for each in told if "vulns" in each]
    if not known:
        print(f"known vulnerabilities: not looked for, the service answers for none of {len(told)} packages")
        return True
    bad = [f"{each['name']} {each['version']}: {v['id']}" for each in known for v in each["vulns"]]
    print(f"known vulnerabilities: {len(bad)} in {len(known)} of {len(told)} packages", *bad, sep="\n  ")
    return not bad


def tested(python: Path, which: str, words: list[str]) -> bool:
    """Run the tests; the lowest versions of libraries may call what newer ones of others deprecate."""
    told = ["-o", f"filterwarnings={OLD_ABOUT_NEW}"] if which == "lowest" else []
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *told, *words]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=False)
    print(f"tests against the {which} versions: {'passed' if done.returncode == 0 else 'did not pass'}", flush=True)
    return done.returncode == 0


def main() -> int:
    """Count, list, look and test."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sbom", type=Path, metavar="FILE", help="write the list of parts there")
    options.add_argument("--versions", nargs="+", choices=("lowest", "newest"), default=[], help="run the tests")
    options.add_argument("--tests", nargs=argparse.REMAINDER, default=[], help="what pytest is told, last of all")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        newest = Path(folder) / "newest"
        python = installed(newest, "newest")
        fine = [counted(python), audited(newest)]
        if given.sbom:
            fine.append(listed(python, given.sbom))
        for which in given.versions:
            at = python if which == "newest" else installed(Path(folder) / "lowest", "lowest")
            fine.append(tested(at, which, given.tests))
    return int(not all(fine))


if __name__ == "__main__":
    sys.exit(main())
