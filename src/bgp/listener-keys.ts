import type { Server } from "node:net";
import { setListenerMd5Key } from "../net/linux-socket.ts";
import type { Log } from "./neighbor.ts";

/**
 * The neighbours' keys for TCP MD5 signatures (RFC 2385), as the listeners have them: the kernel drops what is not
 * signed with the key of the address that it comes from.
 */
export class ListenerKeys {
  readonly #log: Log;
  /** Which keys each listener has, by address. */
  readonly #listeners = new Map<Server, Map<string, string>>();
  readonly #keys = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** A server that listens. */
  addListener(server: Server): void {
    this.#listeners.set(server, new Map());
    for (const [address, key] of this.#keys) this.#install(server, address, key);
  }

  removeListener(server: Server): void {
    this.#listeners.delete(server);
  }

  /** `key` undefined = the neighbour at `address`, in canonical form, has none. */
  set(address: string, key: string | undefined): void {
    if (this.#keys.get(address) === key) return;
    if (key === undefined) this.#keys.delete(address);
    else this.#keys.set(address, key);
    for (const server of this.#listeners.keys()) this.#install(server, address, key);
  }

  /** Whether `server` let in only who has the neighbour's key, if it has one. */
  isGuarded(server: Server, address: string): boolean {
    return this.#listeners.get(server)?.get(address) === this.#keys.get(address);
  }

  #install(server: Server, address: string, key: string | undefined): void {
    const bound = server.address();
    // A listener of IPv4 gets no connection of an IPv6 neighbour.
    if (typeof bound === "object" && bound?.family === "IPv4" && address.includes(":")) return;
    const installed = this.#listeners.get(server);
    try {
      setListenerMd5Key(server, { address, key: key ?? "" });
      if (key === undefined) installed?.delete(address);
      else installed?.set(address, key);
    } catch (error) {
      this.#log("error", "A BGP listener cannot have a neighbour's TCP MD5 key; the neighbour cannot connect", {
        neighbor: address,
        error: (error as Error).message,
      });
    }
  }
}
