/** The comparison: both sides do the same operations on the same data, in turns. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NATIVE_BENCH_DIR } from "./native-build.mjs";
import { NativeSide } from "./native-side.mjs";
import { WasmSide } from "./wasm-side.mjs";
import { circuitsXml } from "./workload.mjs";

export const OPERATIONS = ["parse", "validate", "print", "diff"];
export const ENTRIES = 10_000;
const YANG_FILE = new URL("bench-circuits.yang", import.meta.url);
const DATA_DIR = join(NATIVE_BENCH_DIR, "data");

/**
 * Returns `{ [operation]: { wasmMs, nativeMs } }`, each a list with one number for each round. The first `warmUpRounds`
 * do not count: V8 compiles once more what runs often. Throws when the two sides' results differ.
 */
export async function compareOperations(driver, { warmUpRounds, rounds }) {
  const file = (name) => join(DATA_DIR, name);
  const yang = readFileSync(YANG_FILE, "utf8");
  const xml = circuitsXml(ENTRIES);
  const changedXml = circuitsXml(ENTRIES, ENTRIES >> 1);
  mkdirSync(DATA_DIR, { recursive: true });
  writeFileSync(file("data.xml"), xml);
  writeFileSync(file("changed.xml"), changedXml);
  writeFileSync(file("module.yang"), yang);

  const inputs = ["module.yang", "data.xml", "changed.xml"];
  const native = new NativeSide(driver, [...inputs, "printed.xml", "difference.xml"].map(file));
  const wasm = await WasmSide.create({ yang, xml, changedXml });
  try {
    const times = Object.fromEntries(OPERATIONS.map((operation) => [operation, { wasmMs: [], nativeMs: [] }]));
    for (let round = -warmUpRounds; round < rounds; round += 1) {
      for (const operation of OPERATIONS) {
        const wasmMs = wasm.measure(operation);
        const nativeMs = await native.measure(operation);
        if (round < 0) continue;
        times[operation].wasmMs.push(wasmMs);
        times[operation].nativeMs.push(nativeMs);
      }
    }
    await native.measure("save");
    assertSameResults(wasm.results(), {
      printed: readFileSync(file("printed.xml"), "utf8"),
      difference: readFileSync(file("difference.xml"), "utf8"),
    });
    return times;
  } finally {
    native.close();
    wasm.close();
  }
}

/** Times of two that do not do the same would say nothing. */
function assertSameResults(wasm, native) {
  const circuitsIn = (text) => text.split("<circuit>").length - 1;
  const printed = circuitsIn(wasm.printed);
  if (printed !== ENTRIES) throw new Error(`${printed} circuits were printed, not ${ENTRIES}`);
  const changed = circuitsIn(wasm.difference);
  if (changed !== 1) throw new Error(`the difference has ${changed} circuits, not one`);
  for (const result of ["printed", "difference"]) {
    if (wasm[result] !== native[result]) throw new Error(`wasm and native differ: ${result}`);
  }
}
