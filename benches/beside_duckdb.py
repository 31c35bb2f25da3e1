"""Reports beside DuckDB in memory, on the same rows and in the same run.

    python benches/beside_duckdb.py target/release/sus FOLDER 100000

makes a history of so many cases in FOLDER (unless it is there already), exports it, and times each report for riket, a län
and an office, of a year and of the whole history. DuckDB counts by the SQL of tests/oracle from facts that are made of the
export once, as a warehouse would keep them, in memory and with all processors; the service is asked by HTTP, JSON
included, for a period that it has kept nothing of. Every figure of the two is compared. Needs duckdb (`.ci/readers` installs
it). A million cases take some ten minutes.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "oracle"))
import by_duckdb  # noqa: E402

PORT = "18099"
YEAR, WHOLE = (date(2021, 1, 1), date(2021, 12, 31)), (date(2014, 1, 1), date(2026, 6, 30))
# Each with three splits beside sex, as in benches/figures.
SPLIT = [
    ("deltagare-floden", "initieradAv,alder,inskrivenAf", {}),
    ("deltagare-tider", "alder,insatstyp,inskrivenAf", {}),
    ("deltagare-sysselsattning", "alder,insatstyp,inskrivenAf", {}),
    ("deltagare-arbete-studier", "formanFore,utfallGk,utbildning", {}),
    ("deltagare-bakgrund", "insatstyp", {}),
    ("deltagare-forman", "tidOffentligForsorjning,anstalld,arbetarFore", {}),
    ("deltagare-forman-efter", "alder,sysselsattningEfter,programFore", {"formanFore": ["sjukpenning"]}),
]
ASKED = [
    *(("baspaket", place, period, "", {}) for period in (YEAR, WHOLE)
      for place in ("riket", "lan:21", "styrgrupp:lan-21", "fk-kontor:FK-GAVLE")),
    *((report, place, YEAR, split, select) for report, split, select in SPLIT for place in ("riket", "lan:21")),
    *((report, "riket", WHOLE, split, select) for report, split, select in SPLIT),
]


def milliseconds(run):
    begin = time.perf_counter()
    run()
    return (time.perf_counter() - begin) * 1000


class Service:
    """The program, serving."""

    def __init__(self, program, env):
        self.begin = time.perf_counter()
        self.serving = subprocess.Popen([program, "serve", "--dev-auth"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, env=env | {"SUS_LISTEN": f"127.0.0.1:{PORT}"})
        self.token = subprocess.run([program, "token", "system", "--agency", "FK"], env=env, check=True,
                                    capture_output=True, text=True).stdout.split()[-1]

    def report(self, report, place, period, split, select):
        query = {"from": period[0], "to": period[1], "geography": place, **{n: ",".join(c) for n, c in select.items()}}
        query |= {"split": split} if split else {}
        url = f"http://127.0.0.1:{PORT}/v1/reports/{report}?{urllib.parse.urlencode(query)}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"})
        return urllib.request.urlopen(request).read()

    def first(self):
        """Milliseconds from its start to its first report."""
        while True:
            try:
                self.report("baspaket", "riket", WHOLE, "", {})
                return (time.perf_counter() - self.begin) * 1000
            except urllib.error.HTTPError:
                raise
            except OSError:
                if self.serving.poll() is not None or time.perf_counter() - self.begin > 600:
                    sys.exit("the service does not answer")
                time.sleep(0.02)

    def stop(self):
        self.serving.terminate()
        self.serving.wait()


def earlier(period, days):
    """A period that ends a little earlier: nothing is kept of it."""
    return period[0], period[1] - timedelta(days=days)


def beside(service, db, before, report, place, period, split, select):
    """Milliseconds of both, median of some, and how many figures were compared."""
    asked = (split, select)
    told = json.loads(service.report(report, place, period, *asked))
    levels = list(dict.fromkeys(row["level"] for row in told["parts"][0]["rows"]))
    # The selection itself may stand beside it as riket or a län: that is counted once.
    geographies = dict.fromkeys(place if level == "urval" else level for level in levels)
    compared = 0
    for level in levels:
        by_duckdb.ask(db, *period, place if level == "urval" else level)
        figures, different = by_duckdb.differences(db, told, level, select)
        if different:
            sys.exit(f"not counted alike: {different[0]}")
        compared += figures

    def by_sql(period):
        for geography in geographies:
            by_duckdb.ask(db, *period, geography)
            for part in told["parts"]:
                db.execute(by_duckdb.query(report, part, select)).fetchall()

    # Both are asked of the same periods, which nobody has asked for before: of riket and län rows are kept.
    periods = [earlier(period, 5 * before + days) for days in range(1, 6)]
    ours = [milliseconds(lambda: service.report(report, place, of, *asked)) for of in periods]
    begin, duck = time.perf_counter(), []
    for of in periods[:3]:
        if not duck or time.perf_counter() - begin < 20:
            duck.append(milliseconds(lambda: by_sql(of)))
    return statistics.median(ours), statistics.median(duck), compared


def changed(db, count):
    """Milliseconds in which DuckDB takes over so many changed cases whose rows are made already."""
    tables = ("events", "spans")
    for table in tables:
        db.execute(f"create temp table new_{table} as select * from {table} where caseNumber % greatest(1, "
                   f"(select count(distinct caseNumber) // {count} from events)) = 0")

    def take_over():
        db.execute("begin")
        for table in tables:
            db.execute(f"delete from {table} where caseNumber in (select caseNumber from new_events)")
            db.execute(f"insert into {table} select * from new_{table}")
        db.execute("commit")

    return statistics.median(milliseconds(take_over) for _ in range(3))


def main(program, folder, cases):
    program, folder = str(Path(program).resolve()), Path(folder).resolve()
    env = {"PATH": os.environ["PATH"], "SUS_LOG": "error", "SUS_DATA_DIR": str(folder / "data")}
    if not (folder / "data").exists():
        subprocess.run([program, "demo", "--cases", cases, "--no-serve"], env=env, check=True, stdout=subprocess.DEVNULL)
    env["SUS_DATA_DIR"] = str(folder / "data" / "demo")
    export = [program, "export", str(folder / "export"), "--replace"]
    print(f"export of the whole: {milliseconds(lambda: subprocess.run(export, env=env, check=True, stdout=-3)):.0f} ms")
    service = Service(program, env)
    print(f"service, start to first report, from the journals or as saved: {service.first():.0f} ms")
    service.stop()
    service = Service(program, env)
    print(f"service, start to first report, as saved: {service.first():.0f} ms")
    db = duckdb.connect(config={"threads": os.cpu_count()})
    print(f"DuckDB, facts made of the export: {milliseconds(lambda: by_duckdb.prepare(db, folder / 'export')):.0f} ms")
    [[counted]] = db.execute("select count(distinct caseNumber) from events").fetchall()
    [[held]] = db.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchall()
    print(f"{counted} cases are counted; DuckDB holds {held / counted:.0f} bytes a case")
    all = 0
    print(f"{'report':<72} {'service':>10} {'DuckDB':>10} {'ratio':>6}")
    for at, (report, place, period, split, select) in enumerate(ASKED):
        ours, duck, compared = beside(service, db, at % 8, report, place, period, split, select)
        all += compared
        of = f"{report} {place} {period[0].year}–{period[1].year} {split}"
        print(f"{of:<72} {ours:>7.1f} ms {duck:>7.0f} ms {ours / duck:>6.3f}", flush=True)
    print(f"{all} figures were the same in both")
    print(f"DuckDB takes over 10 000 changed cases in {changed(db, 10_000):.0f} ms")
    service.stop()


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
