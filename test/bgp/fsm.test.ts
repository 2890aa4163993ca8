import { expect, test } from "vitest";
import { FSM_EVENT_NUMBERS, type FsmEvent, type FsmState, isUnexpected, transition } from "../../src/bgp/fsm.ts";

const EVENTS = Object.keys(FSM_EVENT_NUMBERS) as FsmEvent[];
const STATES: readonly FsmState[] = ["idle", "connect", "active", "open-sent", "open-confirm", "established"];

/** "event -> next state: actions" of everything that `state` reacts to. */
function rowOf(state: FsmState): string[] {
  return EVENTS.flatMap((event) => {
    const step = transition(state, event);
    return step === undefined ? [] : [`${event} -> ${step.next}: ${step.actions.join(", ")}`];
  });
}

test("Idle refuses all but a start (RFC 4271 8.2.2)", () => {
  expect(rowOf("idle")).toEqual(["start -> connect: startConnectRetryTimer, dial", "startPassive -> active: "]);
});

test("Connect", () => {
  expect(rowOf("connect")).toEqual([
    "stop -> idle: stopConnectRetryTimer, dropConnection",
    "connectRetryTimerExpired -> connect: dropConnection, startConnectRetryTimer, dial",
    "connectionAcknowledged -> open-sent: stopConnectRetryTimer, sendOpen, startOpenTimer",
    "connectionFailed -> active: dropConnection, startConnectRetryTimer",
    "collisionLost -> idle: stopConnectRetryTimer, dropConnection",
  ]);
});

test("Active", () => {
  expect(rowOf("active")).toEqual([
    "stop -> idle: stopConnectRetryTimer, dropConnection",
    "connectRetryTimerExpired -> connect: startConnectRetryTimer, dial",
    "connectionConfirmed -> open-sent: stopConnectRetryTimer, sendOpen, startOpenTimer",
    "collisionLost -> idle: stopConnectRetryTimer, dropConnection",
  ]);
});

test("OpenSent", () => {
  expect(rowOf("open-sent")).toEqual([
    "stop -> idle: sendNotification, dropConnection",
    "holdTimerExpired -> idle: sendNotification, dropConnection",
    "connectionFailed -> active: dropConnection, startConnectRetryTimer",
    "openReceived -> open-confirm: sendKeepalive, startSessionTimers",
    "headerErrorFound -> idle: sendNotification, dropConnection",
    "openErrorFound -> idle: sendNotification, dropConnection",
    "collisionLost -> idle: sendNotification, dropConnection",
    "notificationReceived -> idle: dropConnection",
    "keepaliveReceived -> idle: sendNotification, dropConnection",
    "updateReceived -> idle: sendNotification, dropConnection",
    "sendHoldTimerExpired -> idle: dropConnection",
    "routeRefreshReceived -> idle: sendNotification, dropConnection",
  ]);
});

test("OpenConfirm", () => {
  expect(rowOf("open-confirm")).toEqual([
    "stop -> idle: sendNotification, dropConnection",
    "holdTimerExpired -> idle: sendNotification, dropConnection",
    "keepaliveTimerExpired -> open-confirm: sendKeepalive",
    "connectionFailed -> idle: dropConnection",
    "openReceived -> idle: sendNotification, dropConnection",
    "headerErrorFound -> idle: sendNotification, dropConnection",
    "collisionLost -> idle: sendNotification, dropConnection",
    "notificationReceived -> idle: dropConnection",
    "keepaliveReceived -> established: restartHoldTimer, bringUp",
    "updateReceived -> idle: sendNotification, dropConnection",
    "sendHoldTimerExpired -> idle: dropConnection",
    "routeRefreshReceived -> idle: sendNotification, dropConnection",
  ]);
});

test("Established", () => {
  expect(rowOf("established")).toEqual([
    "stop -> idle: sendNotification, dropConnection, takeDown",
    "holdTimerExpired -> idle: sendNotification, dropConnection, takeDown",
    "keepaliveTimerExpired -> established: sendKeepalive",
    "connectionConfirmed -> idle: dropConnection, takeDown",
    "connectionFailed -> idle: dropConnection, takeDown",
    "openReceived -> idle: sendNotification, dropConnection, takeDown",
    "headerErrorFound -> idle: sendNotification, dropConnection, takeDown",
    "collisionLost -> idle: sendNotification, dropConnection, takeDown",
    "notificationReceived -> idle: dropConnection, takeDown",
    "keepaliveReceived -> established: restartHoldTimer",
    "updateReceived -> established: restartHoldTimer, applyUpdate",
    "updateErrorFound -> idle: sendNotification, dropConnection, takeDown",
    "sendHoldTimerExpired -> idle: dropConnection, takeDown",
    "routeRefreshReceived -> established: restartHoldTimer",
  ]);
});

test("every way out of Established takes the peer down, and only those", () => {
  for (const state of STATES)
    for (const event of EVENTS) {
      const step = transition(state, event);
      const leaves = state === "established" && step !== undefined && step.next !== "established";
      expect(step?.actions.includes("takeDown") ?? false).toBe(leaves);
    }
});

test("messages that a state does not allow are Finite State Machine Errors (RFC 6608)", () => {
  const unexpected = (state: FsmState): FsmEvent[] => EVENTS.filter((event) => isUnexpected(state, event));
  expect(unexpected("open-sent")).toEqual(["keepaliveReceived", "updateReceived", "routeRefreshReceived"]);
  expect(unexpected("open-confirm")).toEqual(["openReceived", "updateReceived", "routeRefreshReceived"]);
  expect(unexpected("established")).toEqual(["openReceived"]);
});
