"""Recomputes the baspaket and the deltagarrapporter in DuckDB from an export, by SQL of its own, and compares every figure
with the service's.

The SQL in tests/oracle is written from the definitions. The figures are those of the pilot and of a synthetic history with
changes of office, withdrawn consents, anonymous cases, protections and felregistreringar.
"""

import itertools
import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "oracle"))
import by_duckdb  # noqa: E402

CASES = int(os.environ.get("SUS_RECOMPUTE_CASES", "2000"))
PERIODS = [("2016-10-01", "2016-12-31"), ("2018-01-01", "2018-12-31"), ("2014-01-01", "2026-06-30"), ("2020-02-29", "2020-02-29")]
PLACES = ["riket", "lan:21", "kommun:2180", "fk-kontor:FK-GAVLE", "af-kontor:AF-STOCKHOLM", "fk-omrade:FK-NORD",
          "styrgrupp:gavleborg", "styrgrupp:lan-01"]
# The deltagarrapporter with variables of every kind: of one answer and of several, of the request and of the ending.
REPORTS = [
    ("deltagare-floden", {"split": "initieradAv,formanFore"}),
    ("deltagare-tider", {"split": "alder,insatstyp"}),
    ("deltagare-sysselsattning", {"split": "inskrivenAf,formanEfter"}),
    ("deltagare-arbete-studier", {"split": "utfallGk,utbildning"}),
    ("deltagare-bakgrund", {"split": "insatstyp"}),
    ("deltagare-forman", {"split": "anstalld,arbetarFore", "select": {"insatstyp": ["afi", "ali"]}}),
    ("deltagare-forman-efter", {"split": "studerarFore,sysselsattningEfter",
                                "select": {"formanFore": ["sjukpenning", "a_kassa"]}}),
]


def fail(*words):
    sys.exit("not recomputed alike: " + " ".join(map(str, words)))


class Sus:
    """The program over a folder of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.env = {"PATH": os.environ["PATH"], "SUS_DATA_DIR": str(folder / "data" / "demo"), "SUS_LOG": "error"}

    def run(self, *arguments, env=None, ends=(0,), stdin=None):
        ran = subprocess.run([self.program, *arguments], cwd=self.folder, env=env or self.env, input=stdin,
                             capture_output=True, text=True)
        if ran.returncode not in ends:
            sys.exit(f"sus {' '.join(arguments)}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout

    def demo(self):
        self.run("demo", "--cases", str(CASES), "--no-serve",
                 env=self.env | {"SUS_DATA_DIR": str(self.folder / "data")})


def troubled(lines):
    """What a made history lacks: offices changed in the middle of anything, protections, felregistreringar."""
    chance = random.Random(1)
    cases = {}
    for line in map(json.loads, lines):
        if "caseReference" in line:
            cases.setdefault(line["caseReference"], []).append(line)
    pairs = sorted({(c[0]["offices"]["fk"], c[0]["offices"]["af"]) for c in cases.values()})
    gavle = ("FK-GAVLE", "AF-GAVLE")
    for reference, chain in cases.items():
        # Who registers states the own agency's number, which the first line's agency gave.
        head = {"agency": chain[0]["agency"], "caseReference": reference}
        first = date.fromisoformat(chain[0]["date"])
        last = date.fromisoformat(max(line["date"] for line in chain if "date" in line))
        draw = chance.random()
        if draw < 0.03:
            yield head | {"kind": "felregistrering", "reason": {"code": "fel_person"}}
        elif draw < 0.06:
            yield head | {"kind": "protection", "date": str(last)}
        elif draw < 0.3:
            for _ in range(chance.choice([1, 1, 2, 3])):
                # Back and forth, on the day of a step as often as between two.
                own = [date.fromisoformat(line["date"]) for line in chain if "date" in line]
                on = chance.choice(own + [first + timedelta(days=chance.randint(0, max(0, (last - first).days)))])
                fk, af = chance.choice([gavle, chance.choice(pairs), ("FK-GAVLE", "AF-SANDVIKEN")])
                yield head | {"kind": "office_change", "date": str(on), "offices": {"fk": fk, "af": af}}


NEXT = {
    "begaran": ["gk", "gk", "gk", "avslutat", "avbrutet"],
    "gk": ["planerad_afi", "planerad_ali", "planerad_afi", "planerad_ali", "konsultativt_stod", "avslutat", "avbrutet"],
    "planerad_afi": ["planerad_ali", "afi", "ali", "avslutat", "avbrutet"],
    "planerad_ali": ["planerad_afi", "afi", "ali", "avslutat", "avbrutet"],
    "afi": ["planerad_afi", "planerad_ali", "ali", "ali", "avslutat", "avslutat", "avbrutet"],
    "ali": ["planerad_afi", "planerad_ali", "afi", "afi", "avslutat", "avslutat", "avbrutet"],
}


def number(birth, sequence):
    """A number that nobody has: birth numbers 980-999 are never given."""
    digits = f"{birth:%y%m%d}{sequence}"
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(digits)]
    return f"{birth:%Y%m%d}{sequence}{-sum(d // 10 + d % 10 for d in doubled) % 10}"


def answers(chance, before, step):
    """Some of the answers that belong to a step; each may be missing."""
    all = {}
    if before == "begaran" and step == "begaran":
        all = {"initieradAv": chance.choice(["FK", "AF"]), "arbetar": chance.random() < 0.2}
    if before == "gk":
        further = {"konsultativt_stod": ["konsultativt_stod"], "avslutat": ["endast_af", "endast_fk", "ingen"],
                   "planerad_afi": ["gemensamt_stod"], "planerad_ali": ["gemensamt_stod"]}
        all |= {"fortsattHandlaggning": chance.choice(further[step])} if step in further else {}
    if step == "avslutat":
        asked = ["arbetar", "studerar", "program", "oppetArbetslos", "fortsattHosFk"]
        all |= {question: chance.random() < 0.25 for question in asked}
        if all["program"] or all["oppetArbetslos"]:
            all |= {"arbetar": False, "studerar": False}
        if all["arbetar"]:
            all["arbetstyper"] = chance.choice([[], ["subventionerat"], ["ej_subventionerat"],
                                                ["subventionerat", "ej_subventionerat"]])
    given = {question: answer for question, answer in all.items() if chance.random() < 0.85}
    if "arbetar" not in given:
        given.pop("arbetstyper", None)
    return given


def walks(count):
    """Cases that wander over the whole table of transitions, named and anonymous, with answers missing here and there."""
    chance = random.Random(2)
    offices = [("FK-GAVLE", "AF-GAVLE"), ("FK-SANDVIKEN", "AF-SANDVIKEN"), ("FK-GAVLE", "AF-SANDVIKEN")]
    for case in range(count):
        anonymous, (fk, af) = case % 10 == 0, chance.choice(offices)
        step, on = "begaran", date(2016, 9, 1) + timedelta(days=chance.randint(0, 900))
        line = {"agency": "FK", "clientReference": f"walk-{case}", "step": step, "date": str(on),
                "offices": {"fk": fk, "af": af}}
        if anonymous:
            line["participant"] = {"anonymous": {"sex": chance.choice(["kvinna", "man"])}}
        else:
            birth = date(1960, 1, 1) + timedelta(days=case)
            line |= {"caseReference": f"WALK-{case}", "municipality": chance.choice(["2180", "2181", "0180"]),
                     "participant": {"personnummer": number(birth, chance.choice([998, 999]))},
                     "consent": {"obtainedOn": str(on), "obtainedBy": "FK", "office": fk, "form": "gk-affk-1"},
                     "answers": answers(chance, step, step)}
        yield line
        named = {"caseOf": f"walk-{case}"} if anonymous else {"caseReference": f"WALK-{case}"}
        for place in range(1, 12):
            if step not in NEXT or chance.random() < 0.05:
                break
            before, step = step, chance.choice(NEXT[step])
            on += timedelta(days=chance.choice([1, 2, 7, 30, 90]))
            owner = "FK" if before in ("begaran", "gk") else "AF"
            line = {"agency": owner, "clientReference": f"walk-{case}-{place}", "step": step, "date": str(on)} | named
            yield line if anonymous else line | {"answers": answers(chance, before, step)}


def recompute(sus, db, periods, places, **counted):
    """Compares every figure of the baspaket, and of two deltagarrapporter in turn, on every level; how many they were."""
    options = [text for name, value in counted.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    folder = sus.folder / "follow-up"
    sus.run("export", str(folder), "--replace", *options)
    by_duckdb.prepare(db, folder)
    figures, others = 0, itertools.cycle(REPORTS)
    for (first, last), place in itertools.product(periods, places):
        asked = ["--from", first, "--to", last, "--geography", place, "--format", "json", *options]
        for name, choice in [("baspaket", {}), next(others), next(others)]:
            select = choice.get("select", {})
            chosen = [f"--split={choice['split']}"] if "split" in choice else []
            chosen += [f"--select={variable}={','.join(codes)}" for variable, codes in select.items()]
            report = json.loads(sus.run("report", name, *asked, *chosen))
            if report["disclosure"] != "exact":
                fail(place, report["disclosure"])
            for level in dict.fromkeys(row["level"] for row in report["parts"][0]["rows"]):
                by_duckdb.ask(db, first, last, place if level == "urval" else level)
                compared, different = by_duckdb.differences(db, report, level, select)
                for words in different[:1]:
                    fail(*words)
                figures += compared
                if level == "urval" and name == "baspaket":
                    [[anonymous]] = db.execute(by_duckdb.text("baspaket/anonyma.sql")).fetchall()
                    if anonymous != report["anonymous"]:
                        fail(place, first, last, "anonymous", anonymous, report["anonymous"])
                    figures += 1
    return figures


def readme(sus, db):
    """The example in README.md runs, and finds what the service finds."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Export for other engines")[1]
    example = section.split("```sql\n")[1].split("```")[0]
    db.execute(f"set file_search_path = '{sus.folder}'")
    rows = db.execute(example).fetchall()
    report = json.loads(sus.run("report", "baspaket", "--from", "2018-01-01", "--to", "2018-12-31", "--part", "4",
                                "--format", "json"))
    told = [row["n"] for row in report["parts"][0]["rows"]
            if (row["level"], row["insats"], row["kon"]) == ("urval", "samtliga", "samtliga")]
    if told != [sum(row[2] for row in rows)]:
        fail("the example in README.md", told, sum(row[2] for row in rows))
    db.execute(f"set file_search_path = '{sus.folder / 'follow-up'}'")
    print(f"the example in README.md: {len(rows)} rows")


def main(program, folder):
    sus, db = Sus(program, Path(folder)), duckdb.connect()
    sus.demo()
    pilot = recompute(sus, db, PERIODS[:1], ["styrgrupp:gavleborg", "lan:21"], counted_to=177)
    print(f"pilot: {pilot} figures recomputed alike")
    made = sus.run("generate", "national", "--cases", str(CASES)).splitlines()
    lines = [*troubled(made), *walks(400)]
    told = sus.run("import", "-", "--refused", "refused.ndjson", stdin="\n".join(map(json.dumps, lines)), ends=(0, 3))
    print(told.splitlines()[0])
    # A change to the offices that a case has already is the only thing that may be refused, and what is about a case whose
    # number went when the person's other case was protected.
    refused = [json.loads(line) for line in (sus.folder / "refused.ndjson").read_text(encoding="utf-8").splitlines()]
    codes = {f["code"] for line in refused for f in line["findings"] if f["severity"] == "error"}
    unknown = [line["input"].get("step") for line in refused if any(f["code"] == "arende_okant" for f in line["findings"])]
    if codes - {"kontorsbyte_utan_andring", "arende_okant"} or len(unknown) > 3 or any(unknown):
        fail("lines were refused:", codes, unknown)
    whole = recompute(sus, db, PERIODS, PLACES)
    print(f"pilot and history: {whole} figures recomputed alike")
    # The day after an anonymous case's last, when it isn't counted any more.
    [[after]] = db.execute("select max(until) from 'anonymous.parquet'").fetchall()
    edge = recompute(sus, db, [(str(after), str(after + timedelta(days=9)))], ["riket", "styrgrupp:gavleborg"])
    print(f"a period that begins as an anonymous case has ended: {edge} figures recomputed alike")
    readme(sus, db)
    earlier = recompute(sus, db, PERIODS[1:2], ["riket", "styrgrupp:gavleborg"], as_of="2018-06-30")
    print(f"as known on a day: {earlier} figures recomputed alike")
    figures = db.execute("select count(*), count(distinct caseNumber) from 'steps.parquet'").fetchall()
    print("rows, cases:", *figures)


main(*sys.argv[1:])
