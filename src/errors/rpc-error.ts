/** RFC 6241 section 4.3: the layer an error belongs to. */
export type ErrorType = "transport" | "rpc" | "protocol" | "application";

/** RFC 6241 appendix A. */
export type ErrorTag =
  | "in-use"
  | "invalid-value"
  | "too-big"
  | "missing-attribute"
  | "bad-attribute"
  | "unknown-attribute"
  | "missing-element"
  | "bad-element"
  | "unknown-element"
  | "unknown-namespace"
  | "access-denied"
  | "lock-denied"
  | "resource-denied"
  | "rollback-failed"
  | "data-exists"
  | "data-missing"
  | "operation-not-supported"
  | "operation-failed"
  | "malformed-message";

/** An XPath with the prefixes it uses, as `<error-path>` carries it. */
export interface ErrorPath {
  readonly text: string;
  /** prefix -> namespace */
  readonly namespaces: Readonly<Record<string, string>>;
}

/** What `<error-info>` may hold (RFC 6241 appendix A, RFC 7950 section 15), in the order the schema gives. */
export interface ErrorInfo {
  readonly sessionId?: number;
  readonly badAttribute?: string;
  readonly badElement?: string;
  readonly badNamespace?: string;
  /** Leafs that break a `unique` statement. */
  readonly nonUnique?: readonly ErrorPath[];
  /** The name of a mandatory choice of which nothing is there. */
  readonly missingChoice?: string;
}

/** One `<rpc-error>` as plain data: it crosses threads unchanged. */
export interface RpcErrorEntry {
  readonly type: ErrorType;
  readonly tag: ErrorTag;
  readonly appTag?: string;
  readonly path?: ErrorPath;
  readonly message: string;
  readonly info?: ErrorInfo;
}

/**
 * A request is refused, for one or more reasons, each of which the peer gets as an `<rpc-error>`.
 * `cause` is for our log and never sent.
 */
export class RpcError extends Error {
  readonly entries: readonly RpcErrorEntry[];

  constructor(entries: RpcErrorEntry | readonly RpcErrorEntry[], options?: ErrorOptions) {
    const list = Array.isArray(entries) ? (entries as readonly RpcErrorEntry[]) : [entries as RpcErrorEntry];
    super(list.map((entry) => `${entry.tag}: ${entry.message}`).join("; "), options);
    this.name = "RpcError";
    this.entries = list;
  }

  /** Anything thrown, as an RpcError: what is not one already is our own fault and says no more than that. */
  static from(thrown: unknown): RpcError {
    if (thrown instanceof RpcError) return thrown;
    return new RpcError(
      {
        type: "application",
        tag: "operation-failed",
        message: "Internal error; the request had no effect. The server's log has the details.",
      },
      { cause: thrown },
    );
  }
}
