import { machine, release, type, uptime, version } from "node:os";
import type { StateProvider } from "../datastore/subscriber.ts";
import { type SubtreeFilter, selectsTop } from "../yang/subtree-filter.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-system";

/** /system-state (RFC 7317 section 3.6): the operating system that the server runs on, and its clock. */
export class SystemState implements StateProvider {
  /** Once: later it would differ by how the clock was set meanwhile. */
  readonly #booted = new Date(Date.now() - uptime() * 1000);

  async state(filter?: SubtreeFilter): Promise<readonly string[]> {
    if (!selectsTop(filter, "system-state", NAMESPACE)) return [];
    const state = {
      platform: { "os-name": type(), "os-release": release(), "os-version": version(), machine: machine() },
      clock: { "current-datetime": new Date().toISOString(), "boot-datetime": this.#booted.toISOString() },
    };
    return [JSON.stringify({ "ietf-system:system-state": state })];
  }
}
