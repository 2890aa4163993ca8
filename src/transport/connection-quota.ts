import ipaddr from "ipaddr.js";
import type { TransportLimits } from "./limits.ts";

type QuotaLimits = Pick<TransportLimits, "maxConnections" | "maxUnauthenticated" | "maxUnauthenticatedPerSource">;

/** The place of one connection; given back when it closes. */
export interface Admission {
  /** The connection no longer counts among those that have not logged in. */
  loggedIn(): void;
  release(): void;
}

/**
 * Counts connections, so that clients that do not log in can neither exhaust the server nor, from one source, keep
 * others out.
 */
export class ConnectionQuota {
  readonly #limits: QuotaLimits;
  readonly #unauthenticatedFrom = new Map<string, number>();
  #unauthenticated = 0;
  #connections = 0;

  constructor(limits: QuotaLimits) {
    this.#limits = limits;
  }

  /** A place for a connection from `address`, or undefined when there is none. */
  admit(address: string): Admission | undefined {
    const source = sourceOf(address);
    const fromSource = this.#unauthenticatedFrom.get(source) ?? 0;
    if (this.#connections >= this.#limits.maxConnections) return undefined;
    if (this.#unauthenticated >= this.#limits.maxUnauthenticated) return undefined;
    if (fromSource >= this.#limits.maxUnauthenticatedPerSource) return undefined;
    this.#connections++;
    this.#unauthenticated++;
    this.#unauthenticatedFrom.set(source, fromSource + 1);
    const loggedIn = once(() => this.#countOut(source));
    const release = once(() => {
      loggedIn();
      this.#connections--;
    });
    return { loggedIn, release };
  }

  #countOut(source: string): void {
    this.#unauthenticated--;
    const left = (this.#unauthenticatedFrom.get(source) ?? 0) - 1;
    if (left > 0) this.#unauthenticatedFrom.set(source, left);
    else this.#unauthenticatedFrom.delete(source);
  }
}

/** Whoever has one IPv6 address usually has all of its /64. */
function sourceOf(address: string): string {
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(":") : parsed.toString();
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
