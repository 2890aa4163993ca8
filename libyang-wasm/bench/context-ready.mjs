/**
 * A program of its own, so that nothing is warm: how long it takes to have a context with this project's modules, and
 * again once the code is warm. Prints JSON: `{ compileMs, coldMs, warmMs }`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { Libyang, loadLibyangModule, readPackagedYangModule } from "../dist/index.js";

const YANG_DIR = new URL("../../yang/", import.meta.url);
/** The last of these is taken as warm: V8 optimises in the background meanwhile. */
const REPETITIONS = 10;

const files = new Map(readdirSync(YANG_DIR).map((file) => [file.split("@")[0], new URL(file, YANG_DIR)]));
const importModule = (name, revision) =>
  readPackagedYangModule(name, revision) ?? (files.has(name) ? readFileSync(files.get(name), "utf8") : undefined);

function contextReadyMs(wasm) {
  const startMs = performance.now();
  const context = Libyang.instantiate(wasm, { importModule }).createContext();
  for (const name of files.keys()) context.loadModule(name);
  return performance.now() - startMs;
}

const startMs = performance.now();
const wasm = await loadLibyangModule();
const compileMs = performance.now() - startMs;
const coldMs = contextReadyMs(wasm);
let warmMs = Number.POSITIVE_INFINITY;
for (let count = 1; count < REPETITIONS; count += 1) warmMs = Math.min(warmMs, contextReadyMs(wasm));
console.log(JSON.stringify({ compileMs, coldMs, warmMs }));
