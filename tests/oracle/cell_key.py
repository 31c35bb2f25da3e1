"""The oracle of the cell key method: the package cell-key-perturbation (ONS, MIT) on our records and our p-tables.

    cell_key.py records   makes records.csv anew: 1 900 records with five variables and a record key each
    cell_key.py expected  makes expected.csv anew with the package
    cell_key.py           says whether expected.csv is what the package says, cell by cell

The p-tables (p-table-*.csv) are written by the service's own tests. `cargo test` compares the service with expected.csv
and needs none of this; `.ci/oracle` runs it with the real package.
"""

import contextlib
import csv
import io
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
P_TABLES = ["live", "plain", "fives"]
VARIABLES = {
    "alla": ["ja"],
    "kon": ["kvinna", "man"],
    "lan": ["01", "21", "23"],
    "alder": ["-24", "25-29", "30-39", "40-49", "50-59", "60-"],
    "utfall": ["planerad_afi", "planerad_ali", "endast_af", "endast_fk", "ingen"],
}
TABLES = [["alla"], ["kon"], ["lan"], ["utfall"], ["kon", "utfall"], ["lan", "kon", "alder"], ["lan", "alder", "utfall", "kon"]]


def records():
    chance = random.Random(2016)
    with (HERE / "records.csv").open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["record_key", *VARIABLES])
        for _ in range(1900):
            weights = {"lan": [70, 25, 5], "kon": [61, 39], "utfall": [45, 30, 4, 20, 1]}
            values = [chance.choices(codes, weights.get(name))[0] for name, codes in VARIABLES.items()]
            out.writerow([chance.getrandbits(28), *values])


def p_table(name):
    import pandas

    rows = []
    with (HERE / f"p-table-{name}.csv").open() as file:
        for row in csv.DictReader(file):
            keys = range(int(row["first"]), int(row["last"]) + 1)
            rows.extend((int(row["pcv"]), key, int(row["pvalue"])) for key in keys)
    return pandas.DataFrame(rows, columns=["pcv", "ckey", "pvalue"])


def expected():
    import pandas
    from cell_key_perturbation.create_perturbed_table import create_perturbed_table

    data = pandas.read_csv(HERE / "records.csv", dtype={name: str for name in VARIABLES})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["p_table", *VARIABLES, "n", "cell_key", "perturbed"])
    for name in P_TABLES:
        table = p_table(name)
        keys = int(table["ckey"].max()) + 1
        keyed = data.assign(record_key=data["record_key"] % keys)
        for variables in TABLES:
            with contextlib.redirect_stdout(io.StringIO()):
                cells = create_perturbed_table(keyed, table, [], variables, "record_key", threshold=0)
            for cell in cells.to_dict("records"):
                values = [cell.get(variable, "") for variable in VARIABLES]
                writer.writerow([name, *values, int(cell["pre_sdc_count"]), int(cell["ckey"]), int(cell["count"])])
    return out.getvalue()


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "check"
    if wanted == "records":
        records()
    elif wanted == "expected":
        (HERE / "expected.csv").write_text(expected())
    else:
        told, kept = expected().splitlines(), (HERE / "expected.csv").read_text().splitlines()
        different = sum(a != b for a, b in zip(told, kept)) + abs(len(told) - len(kept))
        print(f"cell key: {len(kept) - 1} cells, {different} differ from the package")
        sys.exit(different != 0)
