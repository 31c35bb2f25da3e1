"""Reads the files of reports by pyaxis, jsonstat-validator, openpyxl and duckdb, and compares every figure with JSON.

Each folder holds report.json and the whole report in other forms; PX stands as part-ID.px beside part-ID.json.
"""

import json
import logging
import math
import sys
from pathlib import Path

import duckdb
import openpyxl
from jsonstat_validator import validate_jsonstat
from pyaxis import pyaxis

logging.disable(logging.INFO)


def same(told, figure):
    if figure is None or told is None:
        return told is None and figure is None
    return math.isclose(float(told), float(figure), rel_tol=1e-9, abs_tol=1e-12)


def check(condition, *words):
    if not condition:
        sys.exit("not read alike: " + " ".join(map(str, words)))


def beside(part):
    """The figures line by line, level beside level, as PX and workbooks have them."""
    levels = list(dict.fromkeys(row["level"] for row in part["rows"]))
    by_level = [[r for r in part["rows"] if r["level"] == level] for level in levels]
    return [r[m] for line in zip(*by_level) for r in line for m in part["measures"]]


def px(path, part):
    read = pyaxis.parse(str(path), encoding="utf-8", null_values=r'^"\."$', sd_values=r'^"\.\."$')
    told = [0 if v == '"-"' else None if v in ("", '"."', '".."') or v != v else v for v in read["DATA"]["DATA"]]
    figures = beside(part)
    check(len(told) == len(figures), path, len(told), len(figures))
    for at, (value, figure) in enumerate(zip(told, figures)):
        check(same(value, figure), path, at, value, figure)
    return len(told)


def json_stat(path, report):
    read = json.loads(path.read_text(encoding="utf-8"))
    check(validate_jsonstat(read) is True, path)
    datasets = read["link"]["item"] if read["class"] == "collection" else [read]
    for dataset in datasets:
        check(validate_jsonstat(dataset) is True, path, dataset["label"])
        check(len(dataset["value"]) == math.prod(dataset["size"]), path, "number of values")
    return sum(len(d["value"]) for d in datasets)


def xlsx(path, report):
    book = openpyxl.load_workbook(path)
    check(len(book.worksheets) == len(report["parts"]) + 1, path, "sheets")
    count = 0
    for sheet, part in zip(book.worksheets[1:], report["parts"]):
        check(sheet.freeze_panes is not None, path, "frozen")
        width, figures = len(part["dimensions"]), beside(part)
        levels = len(dict.fromkeys(row["level"] for row in part["rows"]))
        columns = levels * len(part["measures"])
        rows = sheet.iter_rows(min_row=6, max_row=5 + len(figures) // columns, min_col=width + 1, max_col=width + columns)
        cells = [cell for row in rows for cell in row]
        check(len(cells) == len(figures), path, part["id"], "cells")
        for cell, figure in zip(cells, figures):
            check(cell.data_type in "ns", path, cell.coordinate, "is a formula")
            told = None if cell.value in (".", "..") else cell.value
            check(same(told, figure), path, part["id"], cell.coordinate, cell.value, figure)
        count += len(cells)
    return count


def parquet(path, report):
    columns = [d[0] for d in duckdb.sql(f"select * from '{path}'").description]
    read = [dict(zip(columns, row)) for row in duckdb.sql(f"select * from '{path}'").fetchall()]
    rows = [(part, row) for part in report["parts"] for row in part["rows"]]
    check(len(read) == len(rows), path, "rows")
    for told, (part, row) in zip(read, rows):
        check(told["part"] == part["id"] and told["level"] == row["level"], path, told)
        check(all(told[d] == row[d] for d in part["dimensions"]), path, told, row)
        check(all(same(told[m], row[m]) for m in part["measures"]), path, told, row)
        check(told["status"] == row.get("status"), path, told, row)
    about = duckdb.sql(f"select value from parquet_kv_metadata('{path}') where key = 'sus'").fetchall()
    check(json.loads(about[0][0])["countedTo"] == report["countedTo"], path, "metadata")
    return len(read)


def main(folder):
    counts = {}
    for place in sorted(p for p in Path(folder).iterdir() if p.is_dir()):
        report = json.loads((place / "report.json").read_text(encoding="utf-8"))
        for name, read in (("json-stat.json", json_stat), ("xlsx", xlsx), ("parquet", parquet)):
            counts[f"{place.name} {read.__name__}"] = read(place / f"report.{name}", report)
        for path in sorted(place.glob("part-*.px")):
            part = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["parts"][0]
            key = f"{place.name} px"
            counts[key] = counts.get(key, 0) + px(path, part)
    check(counts, "no files in", folder)
    for name, count in counts.items():
        print(f"{name}: {count} read alike")


main(sys.argv[1])
