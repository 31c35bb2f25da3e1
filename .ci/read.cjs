// Reads the JSON-stat files of reports by jsonstat-toolkit, and compares every figure with JSON.
const fs = require("node:fs");
const path = require("node:path");
const JSONstat = require("jsonstat-toolkit");

const folder = process.argv[2];
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));

for (const place of fs.readdirSync(folder)) {
  const report = read(path.join(folder, place, "report.json"));
  const stat = JSONstat(read(path.join(folder, place, "report.json-stat.json")));
  const datasets = stat.class === "collection" ? stat.Dataset() : [stat];
  let count = 0;
  report.parts.forEach((part, i) => {
    const dataset = datasets[i];
    if (dataset.role.metric[0] !== "matt" || dataset.role.time[0] !== "tid") throw new Error(`${place} ${part.id}: roles`);
    for (const row of part.rows) {
      for (const matt of part.measures) {
        const query = { level: row.level, matt };
        for (const dimension of part.dimensions) query[dimension] = row[dimension];
        const cell = dataset.Data(query);
        const alike = cell && (row[matt] === null ? cell.value === null && cell.status : cell.value === row[matt]);
        if (!alike) throw new Error(`${place} ${part.id}: ${JSON.stringify([query, cell, row[matt]])}`);
        count += 1;
      }
    }
  });
  console.log(`${place} jsonstat-toolkit: ${count} read alike`);
}
