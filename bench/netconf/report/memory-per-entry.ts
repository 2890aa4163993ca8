import { mapOutcome, notTried, type Outcome } from "../../shared/outcome.ts";
import type { SizeResult } from "../measures/results.ts";
import type { Memory } from "../servers/server.ts";

/** With fewer entries the difference shows the garbage collector's moods. */
const FEWEST_ENTRIES = 10_000;

/** How much larger a server with all entries is than it was with a single one, in bytes an entry. */
export function memoryPerEntry(
  { entries, emptyMemory, loadedMemory }: SizeResult,
  part: keyof Memory,
): Outcome<number> {
  const before = emptyMemory.kind === "measured" ? emptyMemory.value[part] : undefined;
  if (entries < FEWEST_ENTRIES || before === undefined) return notTried;
  return mapOutcome(loadedMemory, ({ [part]: after = before }) => (after - before) / entries);
}
