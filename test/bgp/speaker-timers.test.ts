import { expect, test } from "vitest";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { message } from "./codec/octets.ts";
import { Router } from "./router.ts";
import { ManualClock, neighbor, startSpeaker } from "./speaker-lab.ts";

const KEEPALIVE = encodeKeepalive();

test("KEEPALIVEs go out every third of the Hold Time, jittered (RFC 4271 4.4, 10)", async () => {
  const clock = new ManualClock();
  const { recorder, port } = await startSpeaker({ clock });
  const router = await Router.dial(port);
  await router.establish({ holdTimeS: 60 });
  await recorder.next("up");
  expect(clock.delaysMs).toEqual([17_500, 60_000]);
  clock.advance(17_500);
  expect(await router.next()).toEqual(KEEPALIVE);
  expect(clock.delaysMs).toEqual([17_500, 42_500]);
});

test("a neighbour silent for the Hold Time is given up (RFC 4271 6.5)", async () => {
  const clock = new ManualClock();
  const { recorder, port } = await startSpeaker({ clock, neighbors: [neighbor({ holdTimeS: 9 })] });
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  clock.advance(8_999);
  router.send(KEEPALIVE);
  await recorder.next("update");
  await recorder.next("update");
  clock.advance(8_999);
  expect(recorder.pending).toBe(0);
  clock.advance(1);
  const notification = message(3, "0400");
  expect((await recorder.next("down")).reason).toEqual({ kind: "local-notification", notification });
  expect(await router.notification()).toBe("4/0");
});

test("what waits in the socket when the Hold Timer goes off late still counts", async () => {
  const clock = new ManualClock();
  const { recorder, port } = await startSpeaker({ clock, neighbors: [neighbor({ holdTimeS: 9 })] });
  const router = await Router.dial(port);
  await router.establish();
  await recorder.next("up");
  router.send(KEEPALIVE);
  // The octets are in the kernel by now and nobody has read them: the process is busy until the timer is overdue.
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 1);
    for (const end = performance.now() + 5; performance.now() < end; );
  });
  clock.advance(9_000);
  await recorder.next("update");
  await recorder.next("update");
  expect(recorder.pending).toBe(0);
});

test("Hold Time 0 means no timers at all (RFC 4271 4.2)", async () => {
  const clock = new ManualClock();
  const { speaker, recorder, port } = await startSpeaker({ clock });
  const router = await Router.dial(port);
  await router.establish({ holdTimeS: 0 });
  await recorder.next("up");
  expect(clock.delaysMs).toEqual([]);
  expect([...speaker.neighborStates()][0]?.negotiatedHoldTimeS).toBe(0);
});

test("a neighbour that sends no OPEN is given up after openWaitS", async () => {
  const clock = new ManualClock();
  const { port } = await startSpeaker({ clock, limits: { openWaitS: 10 } });
  const router = await Router.dial(port);
  await router.next();
  clock.advance(10_000);
  expect(await router.notification()).toBe("4/0");
});

test("a neighbour that fails again and again is kept Idle ever longer, up to idleHoldMaximumMs", async () => {
  const clock = new ManualClock();
  const limits = { idleHoldMs: 1000, idleHoldMaximumMs: 3000 };
  const { speaker, port, recorder } = await startSpeaker({ clock, limits });
  const state = (): string | undefined => [...speaker.neighborStates()][0]?.fsmState;
  for (const idleMs of [0, 1000, 2000, 3000, 3000]) {
    const router = await Router.dial(port);
    router.send(message(1, "03 fde9 005a 0a000001 00"));
    expect(await router.notification()).toBe("2/1");
    await router.next();
    if (idleMs > 0) {
      clock.advance(idleMs - 1);
      expect(state()).toBe("idle");
      const early = await Router.dial(port);
      expect(await early.notification()).toBe("6/5");
      await early.next();
      clock.advance(1);
    } else {
      clock.advance(0);
    }
    expect(state()).toBe("active");
  }
  const router = await Router.dial(port);
  await router.establish({ holdTimeS: 0 });
  await recorder.next("up");
  clock.advance(3000);
  router.socket.end();
  await recorder.next("down");
  clock.advance(0);
  expect(state()).toBe("active");
});
