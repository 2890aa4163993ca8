import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

const RETRY_MS = 200;

/**
 * Has a collector that only listens be one that connects: opens a connection to `server`, again and again, and hands
 * what comes to the collector; `from` is where it connects from.
 */
export class DiallingCollector {
  #isStopped = false;
  #sockets: readonly Socket[] = [];
  readonly #done: Promise<void>;

  constructor(server: { address: string; port: number }, from: string, collector: { address: string; port: number }) {
    this.#done = this.#run(server, from, collector);
    onTestFinished(() => this.stop());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const socket of this.#sockets) socket.destroy();
    await this.#done;
  }

  async #run(
    server: { address: string; port: number },
    from: string,
    collector: { address: string; port: number },
  ): Promise<void> {
    while (!this.#isStopped) {
      await relay(
        connect({ host: server.address, port: server.port, localAddress: from }),
        () => connect({ host: collector.address, port: collector.port }),
        (sockets) => {
          this.#sockets = sockets;
        },
      );
      await sleep(RETRY_MS);
    }
  }
}

/** Resolves when either side is gone. The collector is connected to once there is something for it. */
function relay(source: Socket, open: () => Socket, opened: (sockets: readonly Socket[]) => void): Promise<void> {
  return new Promise((resolve) => {
    const sockets = [source];
    opened(sockets);
    const end = () => {
      for (const socket of sockets) socket.destroy();
      resolve();
    };
    const guard = (socket: Socket) => socket.on("error", () => {}).once("close", end);
    guard(source);
    source.once("data", (bytes) => {
      const target = open();
      sockets.push(target);
      guard(target);
      target.write(bytes);
      source.pipe(target);
    });
  });
}
