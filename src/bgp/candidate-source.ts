import type { AdjRibIn, RouteWatcher } from "./adj-rib-in.ts";
import type { AttributeSet } from "./attribute-set.ts";
import type { PathSource } from "./best-path.ts";
import { MAX_EXTENDED_MESSAGE_BYTES } from "./codec/common-header.ts";
import { readUint32 } from "./codec/octets.ts";
import { meritsOf, type PathMerits, type RouteOrigin } from "./path-merits.ts";
import { grown, NONE } from "./route-table.ts";

/** What an UPDATE has at most besides a set's key and one NLRI: headers, and those of MP_REACH_NLRI. */
const UPDATE_OVERHEAD_BYTES = 31;

/** The neighbour that a source is about. */
export interface CandidateOrigin extends PathSource, RouteOrigin {}

/** Told what becomes of candidates. */
export interface CandidateUser {
  changed(source: CandidateSource, nlri: Uint8Array, offset: number, change: CandidateChange): void;
}

/** A change of one route; see `RouteWatcher.changed`. */
export interface CandidateChange {
  readonly before: number;
  readonly old: AttributeSet | undefined;
  readonly after: number;
}

/** One neighbour's Adj-RIB-In of one family, as the decision process sees it; 4 octets a route. */
export class CandidateSource implements RouteWatcher {
  readonly index: number;
  readonly rib: AdjRibIn;
  readonly origin: CandidateOrigin;
  /** False: the session is over, and its routes are on their way out. */
  isAlive = true;
  readonly #user: CandidateUser;
  /** By route: its candidate plus 1, 0 = none. */
  #candidates = new Uint32Array(0);
  /** By group, of attribute sets that are there. */
  readonly #merits: (PathMerits | undefined)[] = [];
  #nlri = new Uint8Array(64);

  constructor(index: number, rib: AdjRibIn, origin: CandidateOrigin, user: CandidateUser) {
    this.index = index;
    this.rib = rib;
    this.origin = origin;
    this.#user = user;
  }

  changed(nlri: Uint8Array, offset: number, before: number, old: AttributeSet | undefined, after: number): void {
    this.#user.changed(this, nlri, offset, { before, old, after });
    // It has lost its last route. Its group is another set's next, and its octets must not stay.
    if (old?.head === NONE) this.#merits[old.group] = undefined;
  }

  /** Offers a route that was there before anybody watched, unless it has been offered since. */
  offer(route: number): void {
    if (!this.rib.routes.isThere(route) || this.candidateOf(route) !== NONE) return;
    const nlri = this.readNlri(route);
    this.#user.changed(this, nlri, this.rib.pathIdBytes, { before: NONE, old: undefined, after: route });
  }

  /** Takes back a route of a session that is over. */
  retract(route: number): void {
    if (this.candidateOf(route) === NONE) return;
    const nlri = this.readNlri(route);
    const old = this.rib.setOf(route);
    this.#user.changed(this, nlri, this.rib.pathIdBytes, { before: route, old, after: NONE });
  }

  candidateOf(route: number): number {
    return (this.#candidates[route] ?? 0) - 1;
  }

  setCandidate(route: number, candidate: number): void {
    if (route >= this.#candidates.length) {
      const capacity = Math.max(2 * this.#candidates.length, route + 1, 64);
      this.#candidates = grown(this.#candidates, new Uint32Array(capacity));
    }
    this.#candidates[route] = candidate + 1;
  }

  /** Whether the route may be selected: usable, and what is to be said of it fits in an UPDATE. */
  isCandidate(route: number): boolean {
    const set = this.rib.setOf(route);
    if (!set.isUsable) return false;
    // What was received fits; AS numbers of four octets may have made it longer.
    const { key } = this.merits(set);
    const bytes = UPDATE_OVERHEAD_BYTES + key.length + this.rib.routes.nlriBytes(route);
    return key.length <= set.key.length || bytes <= MAX_EXTENDED_MESSAGE_BYTES;
  }

  merits(set: AttributeSet): PathMerits {
    const known = this.#merits[set.group];
    if (known !== undefined) return known;
    const merits = meritsOf(set.key, this.origin);
    this.#merits[set.group] = merits;
    return merits;
  }

  /** NLRI of a route, Path Identifier included; valid until the next call. */
  readNlri(route: number): Uint8Array {
    const bytes = this.rib.routes.nlriBytes(route);
    if (bytes > this.#nlri.length) this.#nlri = new Uint8Array(2 * bytes);
    this.rib.routes.writeNlri(route, this.#nlri, 0);
    return this.#nlri;
  }

  pathIdOf(route: number): number {
    return this.rib.pathIdBytes === 0 ? 0 : readUint32(this.readNlri(route), 0);
  }
}
