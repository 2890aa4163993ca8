import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import * as linuxSocket from "../../src/net/linux-socket.ts";
import { Router, RouterListener } from "./router.ts";
import { neighbor, startSpeaker } from "./speaker-lab.ts";

/** On loopback a SYN that is wanted is answered at once. */
const UNANSWERED_MS = 200;

/** Whether the speaker answers a neighbour that has this key. */
async function isLetIn(port: number, md5Key?: string, host?: string): Promise<boolean> {
  const router = Router.dial(port, host, md5Key).then(async (dialled) => (await dialled.next()) !== "closed");
  return Promise.race([router, sleep(UNANSWERED_MS, false)]);
}

describe.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["::", "127.0.0.1"],
])("a listener on %s and a neighbour at %s (RFC 2385)", (listen, address) => {
  test("meet with the neighbour's key only, until it is taken back", async () => {
    const config = neighbor({ address, md5Key: "first" });
    const { speaker, port } = await startSpeaker({ listen, neighbors: [config] });
    expect([await isLetIn(port, undefined, address), await isLetIn(port, "other", address)]).toEqual([false, false]);
    expect(await isLetIn(port, "first", address)).toBe(true);
    speaker.setNeighbor({ ...config, md5Key: "second" });
    expect([await isLetIn(port, "first", address), await isLetIn(port, "second", address)]).toEqual([false, true]);
    speaker.removeNeighbor(address);
    speaker.setNeighbor(neighbor({ address }));
    expect([await isLetIn(port, "second", address), await isLetIn(port, undefined, address)]).toEqual([false, true]);
  });
});

test("a new key ends the session with Cease, whoever opened it, and leaves other neighbours alone", async () => {
  const other = neighbor({ address: "127.0.0.2", remoteAs: 65002, md5Key: "of the other" });
  const listener = await RouterListener.open();
  listener.setMd5Key({ address: "127.0.0.1", key: "first" });
  const config = neighbor({ connectionMode: "active", port: listener.port, md5Key: "first" });
  const { speaker, recorder } = await startSpeaker({ neighbors: [config, other] });
  const router = await listener.accept();
  await router.establish();
  await recorder.next("up");
  listener.setMd5Key({ address: "127.0.0.1", key: "second" });
  speaker.setNeighbor({ ...other, md5Key: "of the other, new" });
  speaker.setNeighbor({ ...config, md5Key: "second" });
  expect((await recorder.next("down")).reason.kind).toBe("local-notification");
  expect(await router.notification()).toBe("6/6");
  await (await listener.accept()).establish();
  await recorder.next("up");
  expect(recorder.pending).toBe(0);
  await speaker.stop();
  listener.close();
});

test("a neighbour whose key a listener cannot have is not let in, rather than unsigned", async () => {
  vi.spyOn(linuxSocket, "setListenerMd5Key").mockImplementation(() => {
    throw new Error("cannot set a TCP MD5 key: ENOMEM");
  });
  const { port, log } = await startSpeaker({ neighbors: [neighbor({ md5Key: "first" })] });
  vi.restoreAllMocks();
  expect(await isLetIn(port)).toBe(false);
  expect(log).toContainEqual(expect.stringContaining("ENOMEM"));
  expect(log.join()).not.toContain('"first"');
});

test("a key that cannot be used fails the attempt, and says why", async () => {
  vi.spyOn(linuxSocket, "openTcpSocket").mockImplementation(() => {
    throw new Error("this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG)");
  });
  const { speaker } = await startSpeaker({ neighbors: [neighbor({ connectionMode: "active", md5Key: "first" })] });
  await vi.waitFor(() =>
    expect([...speaker.neighborStates()]).toMatchObject([
      { lastError: "this kernel has no TCP MD5 (CONFIG_TCP_MD5SIG)" },
    ]),
  );
  vi.restoreAllMocks();
});
