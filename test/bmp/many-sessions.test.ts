import { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { session } from "./engine-fixture.ts";
import { testResources } from "./test-resources.ts";

const { fixture } = testResources();

const SESSIONS = 1_000;

/** Sessions whose attempts all fail, as soon as they are told so. */
function unreachable(count: number) {
  const sockets: Socket[] = [];
  const made = fixture({
    dial: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket;
    },
  });
  for (let number = 0; number < count; number++) made.start(session(1, { alias: `${number}` }));
  const refuse = () => {
    const refused = sockets.splice(0);
    const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    for (const socket of refused) socket.emit("error", error);
    return refused.length;
  };
  return { made, refuse, sockets };
}

test(`${SESSIONS} sessions that cannot be reached have a timer each, and nothing happens before it expires`, async () => {
  const { made, refuse, sockets } = unreachable(SESSIONS);
  expect(refuse()).toBe(SESSIONS);
  for (const delayS of [30, 60, 120, 240, 480, 720, 720]) {
    expect(made.clock.timers).toBe(SESSIONS);
    // Nothing goes round in the event loop, either.
    await nextTurn();
    expect(process.getActiveResourcesInfo()).not.toContain("Immediate");
    made.clock.advance(delayS * 1000 - 1);
    expect(sockets).toHaveLength(0);
    made.clock.advance(1);
    expect(refuse()).toBe(SESSIONS);
  }
  expect(made.engine.state()).toMatchObject({ sessions: SESSIONS, sessionsUp: 0, sentOctets: 0 });
});

test("the state of one of them is made without the others", () => {
  const { made, refuse } = unreachable(SESSIONS);
  refuse();
  let read = 0;
  const nowMs = made.clock.monotonic();
  // What is left of a session's time is asked for when its state is made, once.
  made.clock.monotonic = () => {
    read += 1;
    return nowMs;
  };
  const key = { vpnInstance: "_public_", address: "127.0.0.1", alias: "7" };
  expect([...made.engine.sessionStates(key)]).toMatchObject([{ alias: "7", downReason: "refused", nextConnectS: 30 }]);
  expect(read).toBe(1);
  expect([...made.engine.sessionStates()]).toHaveLength(SESSIONS);
  expect(read).toBe(1 + SESSIONS);
});
