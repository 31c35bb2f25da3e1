"""The baspaket beside DuckDB in memory, on the same rows and in the same run.

    python benches/beside_duckdb.py target/release/sus FOLDER 100000

makes a history of so many cases in FOLDER, exports it, and times the ten parts for riket and for a län: DuckDB by the SQL of
tests/oracle/baspaket over tables in memory, with both of the cores; the service by HTTP, JSON included, for a period that
it has kept nothing of. Needs duckdb (`.ci/readers` installs it). A million cases take a quarter of an hour to make.
"""

import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import duckdb

SQL = Path(__file__).resolve().parent.parent / "tests" / "oracle" / "baspaket"
FIRST, LAST = date(2014, 1, 1), date(2026, 6, 30)


def timed(run, times=5):
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


def by_duckdb(folder):
    db = duckdb.connect(config={"threads": os.cpu_count()})
    for file in sorted(folder.glob("*.parquet")):
        db.execute(f"create table in_memory_{file.stem} as from '{file}'")
    [[cases]] = db.execute("select count(*) from in_memory_cases").fetchall()
    in_memory = lambda path: re.sub(r"'(\w+)\.parquet'", r"in_memory_\1", path.read_text(encoding="utf-8"))
    views, parts = in_memory(SQL / "views.sql"), [in_memory(path) for path in sorted(SQL.glob("[0-9]*.sql"))]

    def levels(geographies):
        def run():
            for geography in geographies:
                db.execute(f"set variable first_day = date '{FIRST}'; set variable last_day = date '{LAST}'")
                db.execute(f"set variable geography = '{geography}'")
                db.execute(views)
                for part in parts:
                    db.execute(part).fetchall()
        return run

    return cases, {place: timed(levels(places)) for place, places in
                   {"riket": ["riket"], "lan:21": ["lan:21", "riket"]}.items()}


def by_the_service(program, env):
    port = "18099"
    serving = subprocess.Popen([program, "serve", "--dev-auth"], env=env | {"SUS_LISTEN": f"127.0.0.1:{port}"},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        token = subprocess.run([program, "token", "system", "--agency", "FK"], env=env, check=True, capture_output=True,
                               text=True).stdout.split()[-1]
        days = iter(range(1, 1000))

        def asked(place):
            def run():
                # Another last day each time: nothing is kept of it.
                last = LAST - timedelta(days=next(days))
                url = f"http://127.0.0.1:{port}/v1/reports/baspaket?from={FIRST}&to={last}&geography={place}"
                request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
                urllib.request.urlopen(request).read()
            return run

        begin = time.perf_counter()
        while True:
            try:
                asked("riket")()
                break
            except OSError:
                if serving.poll() is not None or time.perf_counter() - begin > 600:
                    sys.exit("the service does not answer")
                time.sleep(0.05)
        first = (time.perf_counter() - begin) * 1000
        return first, {place: timed(asked(place)) for place in ["riket", "lan:21"]}
    finally:
        serving.terminate()
        serving.wait()


def main(program, folder, cases):
    program, folder = str(Path(program).resolve()), Path(folder)
    env = {"PATH": os.environ["PATH"], "SUS_LOG": "error", "SUS_DATA_DIR": str(folder / "data")}
    subprocess.run([program, "demo", "--cases", cases, "--no-serve"], env=env, check=True, stdout=subprocess.DEVNULL)
    env["SUS_DATA_DIR"] = str(folder / "data" / "demo")
    begin = time.perf_counter()
    subprocess.run([program, "export", str(folder / "export"), "--replace"], env=env, check=True,
                   stdout=subprocess.DEVNULL)
    print(f"export of the whole: {time.perf_counter() - begin:.1f} s")
    counted, duck = by_duckdb(folder / "export")
    first, service = by_the_service(program, env)
    print(f"{counted} cases; from start to first report: {first:.0f} ms")
    for place in duck:
        ratio = service[place] / duck[place]
        print(f"baspaket {place}: service {service[place]:.1f} ms, DuckDB {duck[place]:.1f} ms, ratio {ratio:.2f}")


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
