/** RFC 6022, grouping common-counters. */
export interface RpcCounts {
  /** Correct `<rpc>` messages received. */
  inRpcs: number;
  /** Messages received in place of a correct `<rpc>`. */
  inBadRpcs: number;
  /** `<rpc-reply>` messages sent with an `<rpc-error>`. */
  outRpcErrors: number;
  /** `<notification>` messages sent. */
  outNotifications: number;
}

/** What is counted for a session, and for all sessions together. */
export class RpcCounters {
  readonly #counts: RpcCounts = { inRpcs: 0, inBadRpcs: 0, outRpcErrors: 0, outNotifications: 0 };
  readonly #total: RpcCounters | undefined;

  /** What is counted here counts in `total` too. */
  constructor(total?: RpcCounters) {
    this.#total = total;
  }

  get counts(): Readonly<RpcCounts> {
    return this.#counts;
  }

  count(what: keyof RpcCounts): void {
    this.#counts[what]++;
    this.#total?.count(what);
  }
}
