import type { NetconfChannel } from "../../src/netconf/channel.ts";

/** A channel without a network: keeps what was written, and what became of it. */
export class FakeChannel implements NetconfChannel {
  readonly username: string;
  readonly group: string;
  readonly peer = { address: "192.0.2.1", port: 40000 };
  readonly ends: ("close" | "destroy")[] = [];
  sent = "";
  #taken: Promise<void> = Promise.resolve();
  #take: () => void = () => {};

  constructor(username = "alice", group = "admin") {
    this.username = username;
    this.group = group;
  }

  /** From now on the peer takes nothing, until it does again or the channel ends. */
  stall(): void {
    this.#taken = new Promise((resolve) => {
      this.#take = resolve;
    });
  }

  /** The peer takes all that waits, and what comes. */
  resume(): void {
    this.#take();
    this.#taken = Promise.resolve();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.ends.length === 0) this.sent += Buffer.from(bytes).toString();
    return this.#taken;
  }

  close(): void {
    this.ends.push("close");
  }

  destroy(): void {
    this.ends.push("destroy");
    this.#take();
  }
}
