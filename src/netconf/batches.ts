import { netconfLimits } from "./limits.ts";

/** List entries, as many at a time as go into a document of state. */
export function* batches<T>(entries: Iterable<T>, size: number = netconfLimits.entriesPerDocument): Iterable<T[]> {
  let batch: T[] = [];
  for (const entry of entries) {
    batch.push(entry);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
