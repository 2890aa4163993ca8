import type { PathMerits } from "./path-merits.ts";

/** What tells the neighbour of a route from others, if attributes do not (RFC 4271 section 9.1.2.2 d to g). */
export interface PathSource {
  readonly isExternal: boolean;
  /** 32 bits. */
  readonly bgpId: number;
  /** Comes before another one in the order of addresses. */
  readonly addressRank: string;
}

/** A route to a destination, as it is compared with others to the same one. */
export interface Path {
  readonly merits: PathMerits;
  readonly source: PathSource;
  /** 0 where there is none (RFC 7911). */
  readonly pathId: number;
}

/** Whether neither LOCAL_PREF, nor the length of AS_PATH, nor ORIGIN tell which is better. */
export function isTied(a: PathMerits, b: PathMerits): boolean {
  return a.localPref === b.localPref && a.asPathLength === b.asPathLength && a.origin === b.origin;
}

/** Less than 0: `a` is better, by LOCAL_PREF, length of AS_PATH and ORIGIN (RFC 4271 section 9.1.2.2 a and b). */
export function compareFirst(a: PathMerits, b: PathMerits): number {
  return b.localPref - a.localPref || a.asPathLength - b.asPathLength || a.origin - b.origin;
}

/**
 * Less than 0: `a` is better, of two that are tied and have survived MULTI_EXIT_DISC. Never 0 for two paths: the
 * Path Identifier comes last, which RFC 7911 leaves open. There is no step e: no route has an interior cost here.
 */
export function compareLast(a: Path, b: Path): number {
  if (a.source.isExternal !== b.source.isExternal) return a.source.isExternal ? -1 : 1;
  return (
    routerId(a) - routerId(b) ||
    a.merits.clusterListLength - b.merits.clusterListLength ||
    compareText(a.source.addressRank, b.source.addressRank) ||
    a.pathId - b.pathId
  );
}

/** Whether `a` is better than `b` when there is no third route. */
export function beats(a: Path, b: Path): boolean {
  const first = compareFirst(a.merits, b.merits);
  if (first !== 0) return first < 0;
  if (a.merits.neighborAs === b.merits.neighborAs) {
    const difference = a.merits.multiExitDisc - b.merits.multiExitDisc;
    if (difference !== 0) return difference < 0;
  }
  return compareLast(a, b) < 0;
}

/**
 * The best of some paths that are tied, whatever their order: MULTI_EXIT_DISC is compared in each neighbouring AS
 * before anything that comes after it (RFC 4271 section 9.1.2.2 c).
 */
export function bestOfTied<P extends Path>(paths: readonly P[]): P | undefined {
  const lowest = new Map<number, number>();
  for (const { merits } of paths) {
    const known = lowest.get(merits.neighborAs);
    if (known === undefined || merits.multiExitDisc < known) lowest.set(merits.neighborAs, merits.multiExitDisc);
  }
  let best: P | undefined;
  for (const path of paths) {
    if (path.merits.multiExitDisc !== lowest.get(path.merits.neighborAs)) continue;
    if (best === undefined || compareLast(path, best) < 0) best = path;
  }
  return best;
}

function routerId({ merits, source }: Path): number {
  return merits.originatorId ?? source.bgpId;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
