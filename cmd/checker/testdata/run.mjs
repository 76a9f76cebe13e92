// Runs the checker under Node as the worker runs it in a browser:
//
//   node run.mjs WASM_EXEC CHECKER DEFINITION FINGERPRINT < CASES > ANSWERS
//
// A case is a line of JSON {name, content (base64), expect, language}; its answer
// is the line that the checker returns.
import { readFileSync, writeSync } from "node:fs";

const [helper, program, definition, fingerprint] = process.argv.slice(2);
globalThis.kipmonitor = { definition: new Uint8Array(readFileSync(definition)), fingerprint };
(0, eval)(readFileSync(helper, "utf8"));
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(program), go.importObject);
go.run(instance);
if (!globalThis.kipmonitor.check) throw new Error(globalThis.kipmonitor.fault ?? "the checker did not start");

let answers = "";
for (const line of readFileSync(0, "utf8").split("\n")) {
  if (line === "") continue;
  const { name, content, expect, language } = JSON.parse(line);
  let last = 0;
  const progress = (share) => {
    if (!(share >= last && share <= 1)) throw new Error(`progress ${share} after ${last}`);
    last = share;
  };
  const answer = globalThis.kipmonitor.check(name, new Uint8Array(Buffer.from(content, "base64")), expect, language, progress);
  answers += (answer ?? JSON.stringify({ fault: globalThis.kipmonitor.fault })) + "\n";
}
for (let rest = Buffer.from(answers); rest.length > 0; ) rest = rest.subarray(writeSync(1, rest));
process.exit(0);
