/** Limits of what is served over HTTP: metrics and status page. */
export interface HttpLimits {
  /** Connections at a time; further ones are closed at once. */
  readonly connections: number;
  /** Bytes of a request's header; answered with 431 beyond. */
  readonly headerBytes: number;
  /** ms for a request to arrive; answered with 408 beyond. */
  readonly requestMs: number;
  /** ms without a byte in either direction, between requests too; the connection is closed beyond. */
  readonly idleMs: number;
}

export const httpLimits: HttpLimits = Object.freeze({
  connections: 16,
  headerBytes: 8 * 1024,
  requestMs: 5_000,
  idleMs: 75_000,
});
