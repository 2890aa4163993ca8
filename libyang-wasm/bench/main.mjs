/**
 * `npm run bench -w libyang-wasm [-- --quick]`: the package against the same libyang built for this machine. Prints
 * tables and, last, `goals hold` or the goals missed. Exit code 0 or 1; 2 when the bench itself failed.
 */
import { readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { WASM_FILE } from "../scripts/paths.mjs";
import { BuildFailure, progress, reportFailure } from "../scripts/report.mjs";
import { run } from "../scripts/run.mjs";
import { missedGoals } from "./goals.mjs";
import { buildNativeDriver } from "./native-build.mjs";
import { compareOperations, ENTRIES, OPERATIONS } from "./operations.mjs";
import { median, minimum } from "./statistics.mjs";

const CONTEXT_PROGRAM = fileURLToPath(new URL("context-ready.mjs", import.meta.url));
const FULL = { warmUpRounds: 6, rounds: 24 };
const QUICK = { warmUpRounds: 4, rounds: 5 };
/** Always as many: of more starts the minimum would be lower. */
const CONTEXT_STARTS = 12;

/** One process after the other. */
async function startContexts() {
  progress(`start: ${CONTEXT_STARTS} processes`);
  const starts = [];
  while (starts.length < CONTEXT_STARTS) starts.push(JSON.parse(await run(process.execPath, [CONTEXT_PROGRAM])));
  return starts;
}

const ms = (value) => value.toFixed(1).padStart(9);
const ratio = (value) => value.toFixed(2).padStart(7);

function printOperations(times) {
  console.log(`\n${ENTRIES} list entries       wasm, ms              native, ms             ratio`);
  console.log("operation         min    median         min    median       min  median");
  for (const operation of OPERATIONS) {
    const { wasmMs, nativeMs } = times[operation];
    console.log(
      `${operation.padEnd(12)}${ms(minimum(wasmMs))} ${ms(median(wasmMs))}   ${ms(minimum(nativeMs))} ` +
        `${ms(median(nativeMs))}   ${ratio(minimum(wasmMs) / minimum(nativeMs))} ${ratio(median(wasmMs) / median(nativeMs))}`,
    );
  }
}

function printStarts(starts) {
  console.log("\nstart, ms                                  min    median");
  const lines = {
    readyMs: "first context ready",
    compileMs: "... libyang.wasm read and compiled",
    runningMs: "... without waiting for a CPU",
    processCpuMs: "... CPU time of all threads",
    warmMs: "later context ready",
  };
  for (const [key, label] of Object.entries(lines)) {
    const values = starts.map((start) => start[key]);
    console.log(`${label.padEnd(36)}${ms(minimum(values))} ${ms(median(values))}`);
  }
}

async function main(size) {
  const driver = await buildNativeDriver();
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`);
  progress(`operations: ${size.warmUpRounds} rounds to warm up, ${size.rounds} to measure`);
  const times = await compareOperations(driver, size);
  printOperations(times);
  const starts = await startContexts();
  printStarts(starts);

  const wasm = readFileSync(WASM_FILE);
  const gzipBytes = gzipSync(wasm, { level: 9 }).length;
  console.log(`\nlibyang.wasm: ${wasm.length} bytes, ${gzipBytes} with gzip -9\n`);

  const missed = missedGoals({
    operations: OPERATIONS.map((name) => ({
      name,
      ratio: minimum(times[name].wasmMs) / minimum(times[name].nativeMs),
    })),
    contextReadyMs: minimum(starts.map(({ readyMs }) => readyMs)),
    wasmBytes: wasm.length,
    gzipBytes,
  });
  console.log(missed.length === 0 ? "goals hold" : missed.join("\n"));
  return missed.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.includes("--quick") ? QUICK : FULL);
} catch (error) {
  if (error instanceof BuildFailure) reportFailure(error);
  else process.stderr.write(`\nbench failed: ${error?.stack ?? error}\n`);
  process.exitCode = 2;
}
