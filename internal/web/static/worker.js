// Runs the check of a file (cmd/checker, the same as the server's) beside the page,
// so that a large file does not stop it. The file does not leave the computer.
//
// The page posts {start} with the addresses of the parts, then {file, expect,
// language}; it gets {progress} while the check runs, and {summary} or {fault}.
"use strict";

let started;

async function get(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

async function start({ helper, program, definition, fingerprint }) {
  const files = get(definition).then((response) => response.arrayBuffer());
  importScripts(helper);
  const go = new Go();
  const compiled = WebAssembly.instantiateStreaming(get(program), go.importObject);
  self.kipmonitor = { definition: new Uint8Array(await files), fingerprint };
  go.run((await compiled).instance);
  if (!kipmonitor.check) throw new Error(kipmonitor.fault);
  delete kipmonitor.definition;
}

async function check({ file, expect, language }) {
  await started;
  const content = new Uint8Array(await file.arrayBuffer());
  const answer = kipmonitor.check(file.name, content, expect, language, (progress) => postMessage({ progress }));
  if (!answer) throw new Error(kipmonitor.fault);
  return JSON.parse(answer).summary;
}

self.onmessage = async ({ data }) => {
  try {
    if (data.start) {
      started = start(data.start);
      await started;
    } else {
      postMessage({ summary: await check(data) });
    }
  } catch (fault) {
    postMessage({ fault: String(fault) });
  }
};
