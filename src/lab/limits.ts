/** Limits of lab mode: of the embedded neighbour and the embedded collector. */
export interface LabLimits {
  /** BMP connections that the collector serves at a time; further ones are closed at once. */
  readonly collectorConnections: number;
  /** Lines that the collector prints in a second; messages beyond are only counted. */
  readonly linesPerSecond: number;
  /** Characters of a line that the collector prints; the rest is cut off. */
  readonly lineCharacters: number;
  /** Prefixes of an UPDATE that its line spells out; the rest is counted. */
  readonly describedPrefixes: number;
  /** Peers of a BMP connection whose UPDATEs are read with Path Identifiers; those of further ones are not made out. */
  readonly peersWithPaths: number;
  /** ms between the end of the neighbour's session, or a failed attempt, and the next attempt. */
  readonly reconnectMs: number;
  /** ms that a closing connection may take to deliver what was written to it. */
  readonly closingMs: number;
}

export const labLimits: LabLimits = Object.freeze({
  collectorConnections: 16,
  linesPerSecond: 200,
  lineCharacters: 1000,
  describedPrefixes: 8,
  peersWithPaths: 1024,
  reconnectMs: 2000,
  closingMs: 1000,
});
