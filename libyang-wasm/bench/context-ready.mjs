/**
 * A program of its own, so that nothing is warm: how long it takes to have a context with this project's modules, and
 * again once the code is warm. Prints JSON: `{ compileMs, readyMs, runningMs, processCpuMs, warmMs }`. readyMs is from the
 * file to the context; of it, this thread had a CPU for runningMs, and all threads together, V8's compilers too, used
 * processCpuMs.
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

/** How long this thread has run so far: the first number the kernel keeps of its scheduling, in nanoseconds. */
const runningMs = () => Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;

const cpuMs = ({ user, system }) => (user + system) / 1000;

const startMs = performance.now();
const cpuAtStart = process.cpuUsage();
const ranMs = runningMs();
const wasm = await loadLibyangModule();
const compileMs = performance.now() - startMs;
contextReadyMs(wasm);
const cold = {
  compileMs,
  readyMs: performance.now() - startMs,
  runningMs: runningMs() - ranMs,
  processCpuMs: cpuMs(process.cpuUsage(cpuAtStart)),
};
let warmMs = Number.POSITIVE_INFINITY;
for (let count = 1; count < REPETITIONS; count += 1) warmMs = Math.min(warmMs, contextReadyMs(wasm));
console.log(JSON.stringify({ ...cold, warmMs }));
