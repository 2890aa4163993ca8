import { describe, expect, test } from "vitest";
import { decodeNotification, describeNotification } from "../../src/bgp/codec/notification.ts";
import type { NeighborState } from "../../src/bgp/neighbor-state.ts";
import type { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { message } from "./codec/octets.ts";
import { Router, RouterListener } from "./router.ts";
import { ManualClock, neighbor, startSpeaker } from "./speaker-lab.ts";

const stateOf = (speaker: BgpSpeaker): NeighborState | undefined => [...speaker.neighborStates()][0];

describe("a neighbour that is reset", () => {
  test.each([
    ["nothing", "", message(3, "0604"), "6/4"],
    ["the operator's words (RFC 9003)", "grüß Gott", message(3, "06040b6772c3bcc39f20476f7474"), "6/4"],
  ])("gets Cease, Administrative Reset, with %s, and may come back at once", async (_, words, notification) => {
    const { speaker, recorder, port } = await startSpeaker();
    const router = await Router.dial(port);
    await router.establish();
    await recorder.next("up");
    expect(speaker.resetNeighbor("127.0.0.1", words)).toBeUndefined();
    expect((await recorder.next("down")).reason).toEqual({ kind: "local-notification", notification });
    expect(await router.next()).toEqual(notification);
    expect(await router.next()).toBe("closed");
    expect(stateOf(speaker)).toMatchObject({
      fsmState: "active",
      lastError: `sent NOTIFICATION ${describeNotification(decodeNotification(notification))}`,
    });
    await (await Router.dial(port)).establish();
    await recorder.next("up");
    expect(stateOf(speaker)).toMatchObject({ fsmState: "established", establishedTransitions: 2 });
  });

  test("is dialled anew at once where we open the connection, by any text of its address", async () => {
    const listener = await RouterListener.open();
    const { speaker, recorder } = await startSpeaker({
      neighbors: [neighbor({ connectionMode: "active", port: listener.port })],
    });
    const first = await listener.accept();
    await first.establish();
    await recorder.next("up");
    expect(speaker.resetNeighbor("::ffff:127.0.0.1", "")).toBeUndefined();
    expect(await first.notification()).toBe("6/4");
    await (await listener.accept()).establish();
    await recorder.next("down");
    await recorder.next("up");
    listener.close();
  });

  test("while it is kept Idle is dialled at once, and its failures are forgotten", async () => {
    const clock = new ManualClock();
    const { speaker, port } = await startSpeaker({ clock });
    // Nobody is kept waiting after the first failure.
    for (let failure = 0; failure < 4; failure++) {
      const router = await Router.dial(port);
      await router.next();
      router.send(message(3, "0602"));
      while (stateOf(speaker)?.fsmState !== "idle") await new Promise(setImmediate);
      if (failure < 3) clock.advance(60_000);
    }
    expect(stateOf(speaker)?.fsmState).toBe("idle");
    expect(clock.delaysMs).toContain(4_000);
    speaker.resetNeighbor("127.0.0.1", "");
    expect(stateOf(speaker)?.fsmState).toBe("active");
    expect(clock.delaysMs).not.toContain(4_000);
  });

  test("again and again, in whatever state, leaves no timer and no connection behind", async () => {
    const clock = new ManualClock();
    const listener = await RouterListener.open();
    const { speaker } = await startSpeaker({
      clock,
      neighbors: [neighbor({ connectionMode: "active", port: listener.port })],
    });
    const { length } = clock.delaysMs;
    for (let times = 0; times < 20; times++) {
      if (times % 2 === 0) await (await listener.accept()).next();
      clock.advance(1_000);
      expect(speaker.resetNeighbor("127.0.0.1", "again")).toBeUndefined();
    }
    await (await listener.accept()).next();
    clock.advance(1_000);
    expect(clock.delaysMs.length).toBeLessThanOrEqual(length + 1);
    await speaker.stop();
    expect(clock.delaysMs).toEqual([]);
    listener.close();
  });
});

describe("a neighbour is not reset", () => {
  test("when it was less than resetIntervalMs ago", async () => {
    const clock = new ManualClock();
    const { speaker, recorder, port } = await startSpeaker({ clock, limits: { resetIntervalMs: 500 } });
    expect(speaker.resetNeighbor("127.0.0.1", "")).toBeUndefined();
    await (await Router.dial(port)).establish();
    await recorder.next("up");
    clock.advance(499);
    expect(speaker.resetNeighbor("127.0.0.1", "")).toBe("too-soon");
    expect(stateOf(speaker)?.fsmState).toBe("established");
    clock.advance(1);
    expect(speaker.resetNeighbor("127.0.0.1", "")).toBeUndefined();
    await recorder.next("down");
  });

  test("when it is disabled, BGP is, or it is not there", async () => {
    const { speaker } = await startSpeaker({ neighbors: [neighbor({ enabled: false })] });
    expect(speaker.resetNeighbor("127.0.0.1", "")).toBe("disabled");
    expect(speaker.resetNeighbor("127.0.0.2", "")).toBe("not-configured");
    speaker.setNeighbor(neighbor());
    speaker.configure(undefined);
    expect(speaker.resetNeighbor("127.0.0.1", "")).toBe("disabled");
    expect(stateOf(speaker)?.fsmState).toBe("idle");
  });
});
