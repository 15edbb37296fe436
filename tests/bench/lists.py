"""How long lists and registers take: `python tests/bench/lists.py [--rounds 3]`, with the files beside the repository.

Each import runs in a process of its own into a fresh copy of the bundled build, as `kg import` does: reading, judging
parties, writing, loading, sealing. Medians of wall and processor seconds, rows read and kept, and the target where
there is one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FEEDS = ROOT.parent / "shared" / "feeds"
LISTS: dict[str, tuple[str, list[str], str]] = {
    "OFAC, three snapshots": ("ofac", ["ofac/snapshots"], ""),
    "OFAC, list, names and addresses": ("ofac", ["ofac/moov_2019"], "15,000 rows in 5 s"),
    "UN consolidated list": ("un", ["un_sanctions"], ""),
    "REIGN": ("reign", ["leaders/REIGN_leaderlist_3_21.csv"], ""),
    "HistoryAtState": ("historyatstate", ["historyatstate"], "20 s"),
}


def imported(name: str, paths: list[str], folder: Path) -> None:
    """Import in this process, and print what it took."""
    sys.path.insert(0, str(ROOT))
    from kg import importing

    begun = time.perf_counter()
    made = importing.import_feed(name, paths, folder)
    used = resource.getrusage(resource.RUSAGE_SELF)
    rows = {key: sum(int(str(file[key])) for file in made.files) for key in ("read", "kept")}
    print(json.dumps({**rows, "wall": time.perf_counter() - begun, "cpu": used.ru_utime + used.ru_stime,
                      "quads": made.counts["quads"]}))  # fmt: skip


def main() -> None:
    """Import each list so many times and print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':<34}{'read':>9}{'kept':>9}{'quads':>11}{'wall s':>9}{'CPU s':>9}  target")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = [sys.executable, "-m", "kg", "build", "--store", str(folder / "empty")]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(build, cwd=ROOT, check=True, capture_output=True, env=environment)
        for title, (feed, paths, target) in LISTS.items():
            files = [str(FEEDS / path) for path in paths]
            if not all(Path(path).exists() for path in files):
                print(f"{title:<34}not run: {', '.join(files)} lie beside the repository, not in it")
                continue
            runs = []
            for _ in range(given.rounds):
                shutil.copytree(folder / "empty", folder / "build", symlinks=True)
                command = [sys.executable, __file__, "--one", feed, str(folder / "build"), *files]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
                runs.append(json.loads(done.stdout.splitlines()[-1]))
                shutil.rmtree(folder / "build")
            wall, cpu = (statistics.median(run[key] for run in runs) for key in ("wall", "cpu"))
            last = runs[-1]
            print(
                f"{title:<34}{last['read']:>9,}{last['kept']:>9,}{last['quads']:>11,}{wall:>9.1f}{cpu:>9.1f}  {target}",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        imported(sys.argv[2], sys.argv[4:], Path(sys.argv[3]))
    else:
        main()
