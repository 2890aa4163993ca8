import { ADDRESS_FAMILIES, type FamilyName } from "./address-family.ts";
import type { Clock } from "./clock.ts";
import { BgpError } from "./codec/bgp-error.ts";
import { CeaseSubcode, ErrorCode } from "./codec/iana.ts";
import type { NeighborConfig } from "./config.ts";

/** A neighbour has many routes, or too many. */
export interface PrefixEvent {
  readonly kind: "prefix-limit-warning" | "prefix-limit-exceeded";
  /** Of the neighbour, as configured. */
  readonly address: string;
  /** Undefined: all families together. */
  readonly family?: FamilyName;
  readonly prefixes: number;
  readonly maximum: number;
}

/** How many routes a session has. */
export interface RouteNumbers {
  readonly routes: number;
  routesIn(family: FamilyName): number;
}

const PERCENT = 100;

/** Compares the routes of a neighbour, over all its sessions, with what it may have. */
export class PrefixWatch {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #report: (event: PrefixEvent) => void;
  /** When the last warning was, by the clock's `monotonic`, by family, "" for all together. */
  readonly #warnedAt = new Map<string, number>();
  readonly #isAbove = new Set<string>();

  /** @param intervalMs least time between two warnings about the same */
  constructor(clock: Clock, intervalMs: number, report: (event: PrefixEvent) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#report = report;
  }

  /** Reports what there is to report. The error that ends the session, if there are more than there may be. */
  check(numbers: RouteNumbers, config: NeighborConfig): BgpError | undefined {
    const total = this.#compare(config, numbers.routes, config.maximumPrefixes);
    if (total !== undefined) return total;
    for (const { family, maximum } of config.familyMaximums) {
      const exceeded = this.#compare(config, numbers.routesIn(family), maximum, family);
      if (exceeded !== undefined) return exceeded;
    }
    return undefined;
  }

  #compare(config: NeighborConfig, prefixes: number, maximum: number, family?: FamilyName): BgpError | undefined {
    const key = family ?? "";
    if (prefixes <= (maximum * config.prefixWarningPercent) / PERCENT) {
      this.#isAbove.delete(key);
      return undefined;
    }
    const isExceeded = prefixes > maximum;
    if (!isExceeded && (this.#isAbove.has(key) || !this.#mayWarn(key))) return undefined;
    const event = { address: config.address, prefixes, maximum, ...(family !== undefined && { family }) };
    this.#report({ kind: isExceeded ? "prefix-limit-exceeded" : "prefix-limit-warning", ...event });
    if (isExceeded) return tooMany(event);
    this.#isAbove.add(key);
    return undefined;
  }

  #mayWarn(key: string): boolean {
    const now = this.#clock.monotonic();
    if (now - (this.#warnedAt.get(key) ?? Number.NEGATIVE_INFINITY) < this.#intervalMs) return false;
    this.#warnedAt.set(key, now);
    return true;
  }
}

/** RFC 4486 section 4: of one family, the neighbour is told which, and how many it may announce. */
function tooMany({ family: name, prefixes, maximum }: Omit<PrefixEvent, "kind" | "address">): BgpError {
  const text = `${prefixes} prefixes${name === undefined ? "" : ` in ${name}`} where ${maximum} are allowed`;
  const family = ADDRESS_FAMILIES.find((one) => one.name === name);
  const data = Buffer.alloc(family === undefined ? 0 : 7);
  if (family !== undefined) {
    data.writeUInt16BE(family.afi, 0);
    data.writeUInt8(family.safi, 2);
    data.writeUInt32BE(maximum, 3);
  }
  return new BgpError(text, ErrorCode.cease, CeaseSubcode.maximumPrefixes, new Uint8Array(data));
}
