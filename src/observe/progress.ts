/** Whoever waits longer is told, in ms. */
const INTERVAL_MS = 2_000;

/** Waits for `work`, and calls `say` with the seconds it has taken so far every two seconds until it is done. */
export async function withProgress<T>(work: Promise<T>, say: (seconds: number) => void): Promise<T> {
  const startMs = performance.now();
  const timer = setInterval(() => say(Math.round((performance.now() - startMs) / 1000)), INTERVAL_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
