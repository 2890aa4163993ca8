/** What the package promises. */
const MAX_RATIO = 1.5;
const MAX_WASM_BYTES = 1_700_000;
const MAX_GZIP_BYTES = 500_000;
const MAX_CONTEXT_READY_MS = 50;

/**
 * The goals missed, a sentence each. Times are judged by their minimum, which other work on the machine touches least.
 * `operations`: `[{ name, ratio }]`.
 */
export function missedGoals({ operations, contextReadyMs, wasmBytes, gzipBytes }) {
  const missed = operations
    .filter(({ ratio }) => ratio > MAX_RATIO)
    .map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)} times native, not at most ${MAX_RATIO}`);
  if (contextReadyMs >= MAX_CONTEXT_READY_MS)
    missed.push(`first context ready: ${contextReadyMs.toFixed(1)} ms, not under ${MAX_CONTEXT_READY_MS}`);
  if (wasmBytes > MAX_WASM_BYTES) missed.push(`libyang.wasm: ${wasmBytes} bytes, not at most ${MAX_WASM_BYTES}`);
  if (gzipBytes > MAX_GZIP_BYTES) missed.push(`libyang.wasm.gz: ${gzipBytes} bytes, not at most ${MAX_GZIP_BYTES}`);
  return missed;
}
