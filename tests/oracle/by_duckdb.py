"""Reports counted in DuckDB from an export, by SQL written from the definitions: for whoever compares figures or times.

facts.sql is run once an export, question.sql for each period and geography, and then a query a part: those of the baspaket
stand in baspaket/, the observations of the deltagarrapporter in deltagare.sql.
"""

import math
from pathlib import Path

HERE = Path(__file__).parent
# Several answers a case: samtliga is distinct cases, not their sum.
SEVERAL = {"insatstyp", "formanFore", "formanEfter", "forandring", "forman"}
# Without samtliga.
APART = {"steg", "nar"}
# What a share is of: the same row with all codes of this dimension. Elsewhere it is the part's first.
SHARE_OVER = {"till_insats": "insats", "utfall_insats": "utfall", "sysselsattning": "efter"}
MEASURED = {
    "antal": "count(*)", "n": "count(*)", "dagarMedel": "avg(days)", "dagarMedian": "median(days)",
    **{f"dagarP{p}": f"quantile_disc(days, {p / 100})" for p in (10, 25, 75, 90)},
}


def text(name):
    return (HERE / name).read_text(encoding="utf-8")


def prepare(db, folder):
    """Makes what figures are counted from, of an export."""
    db.execute(f"set file_search_path = '{folder}'")
    db.execute(text("facts.sql"))


def ask(db, first, last, geography):
    """What the next parts are counted of."""
    db.execute(f"set variable first_day = date '{first}'; set variable last_day = date '{last}'")
    db.execute(f"set variable geography = '{geography}'")
    db.execute(text("question.sql"))
    db.execute(text("deltagare.sql"))


def share_over(part):
    return SHARE_OVER.get(part["id"], part["dimensions"][0])


def query(report, part, select=None):
    """The SQL of a part, which a report in JSON describes."""
    if report == "baspaket" and part["dimensions"][-1] == "kon":
        [path] = (HERE / "baspaket").glob(f"*-{part['id']}.sql")
        return path.read_text(encoding="utf-8")
    view = "bakgrund" if report == "deltagare-bakgrund" else part["id"]
    several = [d for d in part["dimensions"] if d in SEVERAL]
    apart = [d for d in part["dimensions"] if d in APART]
    cubed = [d for d in part["dimensions"] if d not in SEVERAL | APART]
    froms = "".join(f", unnest(list_append(v.{d}, 'samtliga')) as of_{d}(one_{d})" for d in several)
    names = [f"one_{d} as {d}" for d in several] + apart + [f"coalesce({d}, 'samtliga') as {d}" for d in cubed]
    where = "".join(f" and list_has_any(v.{name}, {codes})" for name, codes in (select or {}).items())
    sums = [f"{MEASURED[m]} as {m}" for m in part["measures"] if m != "andel"]
    groups = [f"one_{d}" for d in several] + apart + [f"cube ({', '.join(cubed)})"]
    counted = f"select {', '.join(names + sums)} from {view} v{froms} where true{where} group by {', '.join(groups)}"
    if "andel" not in part["measures"]:
        return counted
    others = [d for d in part["dimensions"] if d != share_over(part)]
    whole = f"nullif(max(antal) over (partition by {', '.join(others)}), 0)"
    return f"select *, antal / {whole} as andel from ({counted})"


def same(told, figure):
    if told is None or figure is None:
        return told is None and figure is None
    return math.isclose(float(told), float(figure), rel_tol=1e-9, abs_tol=1e-12)


def nothing(row, part, recomputed):
    """The figures of codes that no case has: zero, and nothing to divide by."""
    figures = {"antal": 0, "distinkta": 0, "n": 0}
    if "andel" in part["measures"]:
        whole = tuple("samtliga" if d == share_over(part) else row[d] for d in part["dimensions"])
        figures["andel"] = 0.0 if recomputed.get(whole, {"antal": 0})["antal"] else None
    return {m: figures.get(m) for m in part["measures"]}


def differences(db, report, level, select=None):
    """How many figures of a level were compared with a report in JSON, and what differs, in words."""
    counted, different = 0, []
    for part in report["parts"]:
        answer = db.execute(query(report["report"], part, select))
        names = [d[0] for d in answer.description]
        rows = [dict(zip(names, row)) for row in answer.fetchall()]
        recomputed = {tuple(row[d] for d in part["dimensions"]): row for row in rows}
        told = {tuple(row[d] for d in part["dimensions"]): row for row in part["rows"] if row["level"] == level}
        of = (report["report"], report["period"], report["geography"]["code"], part["id"], level)
        if len(recomputed) != len(rows):
            different.append((*of, "has codes twice"))
        if set(recomputed) - set(told) or not told:
            different.append((*of, "has codes of its own:", set(recomputed) - set(told)))
        for codes, row in told.items():
            figures = recomputed.get(codes) or nothing(row, part, recomputed)
            different.extend((*of, codes, measure, "by SQL", figures[measure], "by the service", row[measure])
                             for measure in part["measures"] if not same(figures[measure], row[measure]))
            counted += len(part["measures"])
    return counted, different
