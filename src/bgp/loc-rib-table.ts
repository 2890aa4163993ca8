import type { AddressFamily } from "./address-family.ts";
import type { AttributeSet } from "./attribute-set.ts";
import { beats, bestOfTied, compareFirst, isTied, type Path, type PathSource } from "./best-path.ts";
import { CandidateList } from "./candidate-list.ts";
import type { CandidateChange, CandidateSource, CandidateUser } from "./candidate-source.ts";
import type { PathMerits } from "./path-merits.ts";
import type { RibDump } from "./rib-dump.ts";
import { RibTable } from "./rib-table.ts";
import { RouteBatch } from "./route-batch.ts";
import { grown, NONE } from "./route-table.ts";

/** The destination waits for `select`. */
const WAITING = 1;
/** Its best route is in the Loc-RIB: the route table has its attributes. */
const INSTALLED = 2;

/** Waiting destinations that were served are forgotten in so large portions, at least. */
const QUEUE_PORTION = 1024;

/** Whom a Loc-RIB's table tells. */
export interface LocRibTableUser {
  /** Gets the UPDATEs that say what has changed, at the latest when `flush` is called. */
  tell(pdu: Uint8Array): void;
  /** There are destinations that wait for `select`. */
  wait(): void;
}

/** A candidate as it is compared with others. */
class CandidatePath implements Path {
  readonly candidate: number;
  readonly from: CandidateSource;
  readonly route: number;
  readonly merits: PathMerits;

  constructor(candidate: number, from: CandidateSource, route: number, merits: PathMerits) {
    this.candidate = candidate;
    this.from = from;
    this.route = route;
    this.merits = merits;
  }

  get source(): PathSource {
    return this.from.origin;
  }

  get pathId(): number {
    return this.from.pathIdOf(this.route);
  }
}

/**
 * The Loc-RIB of one family (RFC 4271 section 9.1): of each destination the candidates and the best of them. A
 * destination costs what it costs in an Adj-RIB-In and 5 octets, a candidate 24.
 *
 * The candidates are looked at when the best may be another one, later than the change (`select`): however many
 * changes a destination has until then, that is done once. While a destination does not wait for it, its first
 * candidate is the best one.
 */
export class LocRibTable implements CandidateUser {
  readonly #table: RibTable;
  readonly #batch: RouteBatch;
  readonly #candidates = new CandidateList();
  readonly #sources: ReadonlyMap<number, CandidateSource>;
  readonly #user: LocRibTableUser;
  /** By destination: its first candidate, or NONE. */
  #first = new Int32Array(0);
  #flags = new Uint8Array(0);
  /** Destinations that wait, from `#turn` on. */
  #queue: number[] = [];
  #turn = 0;
  #installed = 0;

  /**
   * @param sources those that candidates come from, by index
   * @param seed 32 random bits
   */
  constructor(
    family: AddressFamily,
    sources: ReadonlyMap<number, CandidateSource>,
    seed: number,
    user: LocRibTableUser,
  ) {
    this.#table = new RibTable(family, seed, { hasPathIds: false, isExtendedMessage: true });
    this.#batch = new RouteBatch(family, this.#table.routes, (pdu) => user.tell(pdu));
    this.#user = user;
    this.#sources = sources;
  }

  /** Routes selected. */
  get size(): number {
    return this.#installed;
  }

  /** Whether destinations wait for `select`. */
  get isWaiting(): boolean {
    return this.#turn < this.#queue.length;
  }

  dump(): RibDump {
    return this.#table.dump();
  }

  flush(): void {
    this.#batch.flush();
  }

  changed(source: CandidateSource, nlri: Uint8Array, offset: number, change: CandidateChange): void {
    const candidate = change.before === NONE ? NONE : source.candidateOf(change.before);
    const isCandidate = change.after !== NONE && source.isCandidate(change.after);
    if (candidate === NONE) {
      if (isCandidate) this.#add(source, nlri, offset, change.after);
      return;
    }
    const destination = this.#candidates.destinationOf(candidate);
    if (this.#mattered(source, candidate, change.old as AttributeSet)) this.#wait(destination);
    source.setCandidate(change.before, NONE);
    if (!isCandidate) return this.#remove(candidate);
    source.setCandidate(change.after, candidate);
    this.#candidates.setRoute(candidate, change.after);
    if (this.#isBetter(candidate, destination)) this.#wait(destination);
  }

  /**
   * Selects the best route to the destination that has waited longest.
   * @returns how many candidates were looked at
   */
  select(): number {
    const destination = this.#queue[this.#turn++] as number;
    if (this.#turn >= QUEUE_PORTION && 2 * this.#turn >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#turn);
      this.#turn = 0;
    }
    this.#flags[destination] = (this.#flags[destination] as number) & ~WAITING;
    const [best, lookedAt] = this.#best(destination);
    if (best === undefined) this.#empty(destination);
    else this.#install(destination, best);
    return lookedAt;
  }

  #add(source: CandidateSource, nlri: Uint8Array, offset: number, route: number): void {
    const { routes } = this.#table;
    routes.read(nlri, offset);
    let destination = routes.find();
    if (destination === NONE) {
      destination = routes.insert();
      this.#reserve(destination);
      this.#first[destination] = NONE;
      this.#flags[destination] = 0;
    }
    const candidate = this.#candidates.add(source.index, route);
    source.setCandidate(route, candidate);
    const first = this.#first[destination] as number;
    // Behind the first one, which is the best so far.
    this.#candidates.insert(candidate, first, NONE);
    this.#candidates.setDestination(candidate, destination);
    if (first === NONE) this.#first[destination] = candidate;
    if (first === NONE || this.#isBetter(candidate, destination)) this.#wait(destination);
  }

  #remove(candidate: number): void {
    const destination = this.#candidates.destinationOf(candidate);
    this.#first[destination] = this.#candidates.unlink(candidate, this.#first[destination] as number);
    this.#candidates.remove(candidate);
  }

  /** Whether a candidate that goes or changes may have decided which is the best one. */
  #mattered(source: CandidateSource, candidate: number, old: AttributeSet): boolean {
    const destination = this.#candidates.destinationOf(candidate);
    if (this.#isWaiting(destination)) return false;
    const first = this.#first[destination] as number;
    if (first === candidate) return true;
    const best = this.#path(first).merits;
    const merits = source.merits(old);
    // It may have kept others of its neighbouring AS out by MULTI_EXIT_DISC.
    return isTied(merits, best) && merits.neighborAs !== best.neighborAs;
  }

  /** Whether a candidate that is new or has changed may be the best one. */
  #isBetter(candidate: number, destination: number): boolean {
    if (this.#isWaiting(destination)) return false;
    return beats(this.#path(candidate), this.#path(this.#first[destination] as number));
  }

  #isWaiting(destination: number): boolean {
    return ((this.#flags[destination] as number) & WAITING) !== 0;
  }

  #wait(destination: number): void {
    if (this.#isWaiting(destination)) return;
    this.#flags[destination] = (this.#flags[destination] as number) | WAITING;
    this.#queue.push(destination);
    this.#user.wait();
  }

  /** Candidates of sessions that are over are taken out on the way. */
  #best(destination: number): readonly [best: CandidatePath | undefined, lookedAt: number] {
    const tied: CandidatePath[] = [];
    let lookedAt = 0;
    let next: number;
    for (let candidate = this.#first[destination] as number; candidate !== NONE; candidate = next) {
      next = this.#candidates.after(candidate);
      lookedAt++;
      const path = this.#path(candidate);
      if (!path.from.isAlive) {
        path.from.setCandidate(path.route, NONE);
        this.#remove(candidate);
        continue;
      }
      const order = tied[0] === undefined ? 0 : compareFirst(path.merits, tied[0].merits);
      if (order < 0) tied.length = 0;
      if (order <= 0) tied.push(path);
    }
    return [bestOfTied(tied), lookedAt];
  }

  #install(destination: number, best: CandidatePath): void {
    this.#candidates.insert(
      best.candidate,
      NONE,
      this.#candidates.unlink(best.candidate, this.#first[destination] as number),
    );
    this.#first[destination] = best.candidate;
    const { routes } = this.#table;
    const set = this.#table.sets.intern(best.merits.key, true);
    routes.read(best.from.readNlri(best.route), best.from.rib.pathIdBytes);
    const isInstalled = ((this.#flags[destination] as number) & INSTALLED) !== 0;
    const isSameNlri = routes.isAsRead(destination);
    if (isInstalled && isSameNlri && routes.groupOf(destination) === set.group) return;
    const installed = isSameNlri ? destination : this.#move(destination);
    // Linked before the other goes: a set that loses its last route goes.
    if (isInstalled && isSameNlri) this.#table.unlink(destination);
    this.#table.link(installed, set);
    if (!isSameNlri) {
      if (isInstalled) this.#table.unlink(destination);
      routes.remove(destination);
    }
    this.#flags[installed] = INSTALLED;
    if (!isInstalled) this.#installed++;
    this.#batch.announce(installed, set);
  }

  /** Inserts what was read, with the same key, for the candidates of `destination`. */
  #move(destination: number): number {
    const moved = this.#table.routes.insert();
    this.#reserve(moved);
    this.#first[moved] = this.#first[destination] as number;
    for (let each = this.#first[moved] as number; each !== NONE; each = this.#candidates.after(each))
      this.#candidates.setDestination(each, moved);
    return moved;
  }

  /** No candidate is left. */
  #empty(destination: number): void {
    if (((this.#flags[destination] as number) & INSTALLED) !== 0) {
      this.#batch.withdraw(destination);
      this.#table.unlink(destination);
      this.#installed--;
    }
    this.#table.routes.remove(destination);
  }

  #path(candidate: number): CandidatePath {
    const from = this.#sources.get(this.#candidates.sourceOf(candidate)) as CandidateSource;
    const route = this.#candidates.routeOf(candidate);
    return new CandidatePath(candidate, from, route, from.merits(from.rib.setOf(route)));
  }

  #reserve(destination: number): void {
    if (destination < this.#first.length) return;
    const capacity = Math.max(2 * this.#first.length, 64);
    this.#first = grown(this.#first, new Int32Array(capacity));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
  }
}
