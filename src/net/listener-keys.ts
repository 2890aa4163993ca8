import type { Server } from "node:net";
import { setListenerMd5Key } from "./linux-socket.ts";
import { endpointOf } from "./listen.ts";

/** Told that the key of `address` could not be set. */
export type KeyProblem = (address: string, problem: string) => void;

/**
 * The keys for TCP MD5 signatures (RFC 2385) of those who may connect, as listeners have them: the kernel drops what is
 * not signed with the key of the address that it comes from.
 */
export class ListenerKeys {
  readonly #problem: KeyProblem;
  /** Which keys each listener has, by address. */
  readonly #listeners = new Map<Server, Map<string, string>>();
  readonly #keys = new Map<string, string>();

  constructor(problem: KeyProblem) {
    this.#problem = problem;
  }

  /** How many addresses have one. */
  get size(): number {
    return this.#keys.size;
  }

  /** A server that listens. */
  addListener(server: Server): void {
    this.#listeners.set(server, new Map());
    for (const [address, key] of this.#keys) this.#install(server, address, key);
  }

  removeListener(server: Server): void {
    this.#listeners.delete(server);
  }

  /** `key` undefined = who connects from `address`, in canonical form, has none. */
  set(address: string, key: string | undefined): void {
    if (this.#keys.get(address) === key) return;
    if (key === undefined) this.#keys.delete(address);
    else this.#keys.set(address, key);
    for (const server of this.#listeners.keys()) {
      this.#install(server, address, key);
      // There is room for one that found none.
      if (key === undefined) this.#installMissing(server);
    }
  }

  /** Whether `server` let in only who has the key of `address`, if there is one. */
  isGuarded(server: Server, address: string): boolean {
    return this.#listeners.get(server)?.get(address) === this.#keys.get(address);
  }

  #installMissing(server: Server): void {
    const installed = this.#listeners.get(server);
    if (installed === undefined || installed.size === this.#keys.size) return;
    for (const [address, key] of this.#keys) if (installed.get(address) !== key) this.#install(server, address, key);
  }

  #install(server: Server, address: string, key: string | undefined): void {
    // A listener of IPv4 gets no connection from IPv6.
    if (address.includes(":") && !endpointOf(server).address.includes(":")) return;
    const installed = this.#listeners.get(server);
    try {
      setListenerMd5Key(server, { address, key: key ?? "" });
      if (key === undefined) installed?.delete(address);
      else installed?.set(address, key);
    } catch (error) {
      this.#problem(address, (error as Error).message);
    }
  }
}
