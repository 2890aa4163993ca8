/** As RFC 7951 has it; what is undefined is left out. */
export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json | undefined };

/** What is found for any of the patterns, once. */
export function* union<Pattern extends object, State>(
  wanted: readonly Pattern[],
  find: (pattern: Pattern) => Iterable<State>,
  idOf: (state: State) => string,
): Iterable<State> {
  const all = wanted.find((pattern) => Object.keys(pattern).length === 0);
  const seen = new Set<string>();
  for (const pattern of all === undefined ? wanted : [all]) {
    for (const state of find(pattern)) {
      const id = idOf(state);
      if (!seen.has(id)) yield state;
      seen.add(id);
    }
  }
}

export function* batches<T>(items: Iterable<T>, size: number): Iterable<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export const big = (count: number): string => String(count);

/** RFC 3339; undefined stays undefined. */
export function time<T extends number | undefined>(ms: T): T extends number ? string : string | undefined {
  return (ms === undefined ? undefined : new Date(ms).toISOString()) as T extends number ? string : string | undefined;
}
