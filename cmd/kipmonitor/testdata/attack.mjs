// Solves integer programmes with HiGHS: on standard input one a line, as JSON
// {"base", "problems": [{"aim", "more"}]}; on standard output the optimum of each problem,
// or null where there is none.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const highs = await createRequire(process.argv[2])("highs")();
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { base, problems } = JSON.parse(line);
  const found = problems.map(({ aim, more }) => {
    const solution = highs.solve(`${aim}\nSubject To\n${base}\n${more}\nEnd\n`, { time_limit: 60 });
    if (solution.Status === "Unbounded" || solution.Status === "Primal infeasible or unbounded") return "unbounded";
    return solution.Status === "Optimal" ? solution.ObjectiveValue : solution.Status;
  });
  console.log(JSON.stringify(found));
}
