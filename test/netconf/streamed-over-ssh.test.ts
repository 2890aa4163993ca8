import type { ClientChannel } from "ssh2";
import { expect, test, vi } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import type { ConfigStream } from "../../src/datastore/datastores.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { transportLimits } from "../../src/transport/limits.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import { internalsOf, login, openNetconf, startListener } from "../transport/harness.ts";
import { FakeDatastores } from "./fake-datastores.ts";
import { clientHello, noUrls, reply, rpc } from "./harness.ts";

const MIB = 1024 * 1024;
const PIECE = Buffer.alloc(yangLimits.pieceBytes, "x");
const PIECES = 500;
/** What the kernel takes on loopback without anybody reading, with room to spare. */
const KERNEL_BYTES = 16 * MIB;

/** A large reply; how much of it was asked for. */
class LargeStream implements ConfigStream {
  asked = 0;
  isClosed = false;

  async next(): Promise<Uint8Array | undefined> {
    return this.isClosed || this.asked++ === PIECES ? undefined : PIECE;
  }

  close(): void {
    this.isClosed = true;
  }
}

async function start() {
  const datastores = new FakeDatastores();
  const stream = new LargeStream();
  datastores.streams.push(stream);
  const server = new NetconfServer({
    datastores,
    urls: noUrls,
    access: new AccessControl(),
    events: new EventStream(),
    log: () => {},
  });
  const { port } = await startListener({ accept: server.accept });
  return { port, stream, server };
}

/** Sends both hellos' answer and a `<get>`. */
function ask(channel: ClientChannel): void {
  channel.write(`${clientHello("1.0")}${rpc("<get/>")}]]>]]>`);
}

/** What the server has handed over so far, once it hands over no more. */
async function settled(stream: LargeStream): Promise<number> {
  let last = -1;
  let same = 0;
  await vi.waitFor(
    () => {
      same = stream.asked === last ? same + 1 : 0;
      last = stream.asked;
      expect(same).toBeGreaterThan(10);
    },
    { timeout: 20_000, interval: 20 },
  );
  return last * PIECE.length;
}

/** Reads up to the `count`th end of a message. */
function messages(channel: ClientChannel, count: number): Promise<string> {
  return new Promise((resolve) => {
    const pieces: string[] = [];
    let found = 0;
    let last = "";
    channel.setEncoding("latin1").on("data", (text: string) => {
      pieces.push(text);
      found += (last + text).split("]]>]]>").length - 1;
      last = text.slice(-5);
      if (found >= count) resolve(pieces.join(""));
    });
  });
}

test("a client that does not read costs a bounded number of bytes; others are served, and it gets everything in the end", async () => {
  const { port, stream } = await start();
  const slow = await login(port);
  const channel = await openNetconf(slow);
  internalsOf(slow)._sock.pause();
  ask(channel);
  const handedOver = await settled(stream);
  expect(handedOver).toBeLessThan(KERNEL_BYTES + transportLimits.maxSocketBacklogBytes + 3 * PIECE.length);

  const quick = await openNetconf(await login(port));
  ask(quick);
  expect(await messages(quick, 2)).toContain(reply("<data/>"));
  expect(stream.asked * PIECE.length).toBe(handedOver);

  const all = messages(channel, 2);
  internalsOf(slow)._sock.resume();
  expect((await all).length).toBeGreaterThan(PIECES * PIECE.length);
  expect(stream.asked).toBe(PIECES + 1);
});

test("a client that leaves in the middle of its reply closes the stream", async () => {
  const { port, stream, server } = await start();
  const client = await login(port);
  const channel = await openNetconf(client); // nobody reads it, so its window of 2 MiB is not renewed
  ask(channel);
  await settled(stream);
  expect(stream.isClosed).toBe(false);
  client.destroy();
  await vi.waitFor(() => expect(stream.isClosed).toBe(true));
  await vi.waitFor(() => expect(server.sessionCount).toBe(0));
  expect(stream.asked).toBeLessThan(PIECES);
});
