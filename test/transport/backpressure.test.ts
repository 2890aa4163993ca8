import { once } from "node:events";
import type { Client } from "ssh2";
import { describe, expect, test, vi } from "vitest";
import type { NetconfChannel } from "../../src/netconf/channel.ts";
import { closed, internalsOf, login, openNetconf, readToEnd, signal, startListener } from "./harness.ts";

const MIB = 1024 * 1024;
/** What the kernel takes on loopback without anybody reading, with room to spare. */
const KERNEL_BYTES = 16 * MIB;

/** Makes the SSH window of the client's next channel so large that it limits nothing. */
function openWindow(client: Client): void {
  const protocol = internalsOf(client)._protocol;
  const original = protocol.session.bind(protocol);
  protocol.session = (channel, _window, packetBytes) => original(channel, 2 ** 32 - 1, packetBytes);
}

/** Waits until `value` has not changed for a while, and gives it. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  let same = 0;
  await vi.waitFor(
    () => {
      same = value() === last ? same + 1 : 0;
      last = value();
      expect(same).toBeGreaterThan(10);
    },
    { timeout: 20_000, interval: 20 },
  );
  return last;
}

/** A session that sends 64 KiB again and again, up to `total`, each when the one before has been taken. */
function largeWriter(total: number) {
  const state = { sent: 0, channel: undefined as NetconfChannel | undefined };
  const accept = (channel: NetconfChannel) => {
    state.channel = channel;
    void (async () => {
      while (state.sent < total) {
        await channel.write(Buffer.alloc(65536));
        state.sent += 65536;
      }
      channel.close();
    })();
    return { received: () => {}, closed: () => {} };
  };
  return { state, accept };
}

describe("backpressure", () => {
  test("a client that does not read stops the writer, and gets everything once it reads", async () => {
    const total = 64 * MIB;
    const { state, accept } = largeWriter(total);
    const { port } = await startListener({ accept });
    const client = await login(port);
    openWindow(client);
    const channel = await openNetconf(client);
    internalsOf(client)._sock.pause();
    expect(await settled(() => state.sent)).toBeLessThan(KERNEL_BYTES);
    const read = readToEnd(channel);
    internalsOf(client)._sock.resume();
    expect((await read).text.length).toBe(total);
  });

  test("a client that keeps the SSH window shut stops the writer, until it leaves", async () => {
    const { state, accept } = largeWriter(64 * MIB);
    const { port } = await startListener({ accept });
    const client = await login(port);
    await openNetconf(client); // nobody reads the channel, so its window of 2 MiB is not renewed
    expect(await settled(() => state.sent)).toBeLessThan(8 * MIB);
    client.destroy();
    await vi.waitFor(() => expect(state.sent).toBe(64 * MIB)); // writes to nobody are done at once
  });

  test("a key exchange that the client does not go on with stops the writer", async () => {
    const { state, accept } = largeWriter(512 * MIB);
    const { port } = await startListener({ accept, limits: { rekeyS: 0.1, keyExchangeS: 60 } });
    const client = await login(port);
    openWindow(client);
    await openNetconf(client);
    internalsOf(client)._sock.removeAllListeners("data").resume(); // reads everything and understands nothing
    expect(await settled(() => state.sent)).toBeLessThan(256 * MIB);
  });

  test("a channel that nobody reads does not hold up others of its connection", async () => {
    let isFirst = true;
    const { accept } = largeWriter(64 * MIB);
    const { port } = await startListener({
      accept: (channel) => {
        if (!isFirst) return { received: (bytes) => channel.write(bytes), closed: () => {} };
        isFirst = false;
        return accept(channel);
      },
    });
    const client = await login(port);
    await openNetconf(client);
    const second = await openNetconf(client);
    second.write("echo");
    expect(String((await once(second, "data"))[0])).toBe("echo");
  });

  test("a session that is not ready stops the client, and gets everything in the end", async () => {
    let received = 0;
    const ready = signal();
    const { port } = await startListener({
      accept: () => ({
        received: (bytes) => {
          received += bytes.length;
          return ready.promise;
        },
        closed: () => {},
      }),
    });
    const channel = await openNetconf(await login(port));
    channel.end(Buffer.alloc(16 * MIB));
    expect(await settled(() => received)).toBeLessThanOrEqual(32 * 1024);
    ready.resolve();
    await readToEnd(channel);
    expect(received).toBe(16 * MIB);
  });

  test("closing a channel that the client does not read drops the connection after a while", async () => {
    const { state, accept } = largeWriter(64 * MIB);
    const { port } = await startListener({ accept, limits: { closeS: 0.2 } });
    const client = await login(port);
    openWindow(client);
    await openNetconf(client);
    internalsOf(client)._sock.pause();
    await settled(() => state.sent);
    state.channel?.close();
    await state.channel?.write(Buffer.from("settles when the connection is gone"));
    internalsOf(client)._sock.resume();
    await closed(client);
  });
});
