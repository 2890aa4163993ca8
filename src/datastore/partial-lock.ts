import type { ErrorPath } from "../errors/rpc-error.ts";
import type { InstanceStep } from "../yang/instance.ts";

/** A node of running that a partial lock is on, with all that is below it. */
export interface LockedNode {
  /** The way to it, from the top. */
  readonly steps: readonly InstanceStep[];
  /** An instance-identifier as JSON has it (RFC 7951 section 6.11). */
  readonly path: string;
  /** The same as XML has it. */
  readonly identifier: ErrorPath;
}

/** Whose lock is on which nodes: what the engine has to know of it. */
export interface LockScope {
  readonly lockId: number;
  readonly sessionId: number;
  readonly nodes: readonly LockedNode[];
}

/** A lock on parts of running (RFC 5717). */
export interface PartialLock extends LockScope {
  readonly since: Date;
  /**
   * What was asked for, as JSON has it: with names of modules as prefixes. The lock is on what this selected then, less
   * what its session has deleted since.
   */
  readonly selects: readonly string[];
}

/** A node that is not there any more, so that the lock is on it no longer. */
export interface FreedNode {
  readonly lockId: number;
  readonly path: string;
}
