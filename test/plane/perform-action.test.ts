import { Socket } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { BmpEngine } from "../../src/bmp/engine.ts";
import type { ActionCall } from "../../src/datastore/subscriber.ts";
import { performAction } from "../../src/plane/perform-action.ts";
import { actionPaths } from "../../src/plane/unit-paths.ts";
import { Relay } from "../../src/relay/relay.ts";
import { leafElements, outputReply } from "../../src/xml/write.ts";
import { parseAction } from "../../src/yang/action.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { neighbor } from "../bgp/speaker-lab.ts";
import { session as bmpSession } from "../bmp/engine-fixture.ts";
import { bmp, refusal, schemaFixture, session } from "../datastore/engine-fixture.ts";

const NOW = Date.UTC(2026, 10, 25, 12, 0, 0, 7);
const resetSession: ActionCall = { path: actionPaths.resetBmpSession, keys: ["_public_", "127.0.0.1", ""], input: {} };
const clearSession: ActionCall = { path: actionPaths.clearBmpSession, keys: ["_public_", "127.0.0.1", ""], input: {} };
const resetNeighbor: ActionCall = { path: actionPaths.resetNeighbor, keys: ["127.0.0.1"], input: {} };

let schema: Schema;
let speaker: BgpSpeaker;
let engine: BmpEngine;
let relay: Relay;
beforeAll(async () => {
  schema = await schemaFixture();
});
beforeEach(() => {
  const log = () => {};
  engine = new BmpEngine({
    routes: () => speaker,
    identity: { kind: "own", hostName: "router1", productDescription: "bmpconfd" },
    log,
    dial: () => new Socket(),
  });
  speaker = new BgpSpeaker({ observer: engine, listen: [], log });
  relay = new Relay({ log });
  engine.configure({ statisticsIntervalS: 3600 });
  speaker.configure({ localAs: 65010, routerId: "0.0.0.5" });
});
afterEach(async () => {
  await engine.stop();
  await speaker.stop();
});

const perform = (call: ActionCall) => performAction(call, { speaker, engine, relay }, NOW);
const discontinuityTime = () => [...engine.sessionStates()][0]?.discontinuityTime ?? 0;
const configure = (enabled = true) => {
  engine.setSession(bmpSession(1, { enabled }));
  speaker.setNeighbor(neighbor({ enabled }));
};

test.each([
  ["a session is reset", "reset-at", resetSession, bmp(session("127.0.0.1", "<reset/>"))],
  ["the counters of a session are cleared", "cleared-at", clearSession, bmp(session("127.0.0.1", "<clear-counters/>"))],
  [
    "a neighbour is reset",
    "reset-at",
    resetNeighbor,
    '<bgp xmlns="urn:bmpconfd:yang:bgp"><neighbor><address>127.0.0.1</address><reset/></neighbor></bgp>',
  ],
])("%s, and the output is what the model says", (_, leaf, call, request) => {
  configure();
  const leaves = perform(call);
  const { [leaf]: time } = leaves;
  expect(leaves).toEqual({ [leaf]: time });
  if (leaf === "reset-at") expect(time).toBe("2026-11-25T12:00:00.007+00:00");
  else expect(time).toBe(new Date(discontinuityTime()).toISOString().replace("Z", "+00:00"));
  const { context } = schema;
  using rpc = parseAction(context, `<action xmlns="urn:ietf:params:xml:ns:yang:1">${request}</action>`);
  const frame = { prefix: "", attributes: ' xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="1"' };
  const namespace = rpc.operation.namespace ?? "";
  using output = context.parseReply(outputReply(frame, leafElements({ namespace, leaves })), rpc.operation);
  context.validateReply(output);
  expect(output.operation.children().map(({ name, value }) => [name, value])).toEqual(Object.entries(leaves));
});

describe("what is refused, and why", () => {
  test("counters of a session that is gone; one that is disabled has some", () => {
    expect(refusal(() => perform(clearSession))).toEqual([
      {
        type: "application",
        tag: "data-missing",
        message: "The session was removed before the action was carried out.",
      },
    ]);
    configure(false);
    expect(Object.keys(perform(clearSession))).toEqual(["cleared-at"]);
  });

  test.each([
    [
      "session",
      resetSession,
      "is disabled; enable it instead, which connects at once.",
      "was removed before the action was carried out.",
    ],
    [
      "neighbour",
      resetNeighbor,
      "is disabled; enable it instead, which connects at once.",
      "was removed before the action was carried out.",
    ],
  ])("a %s that is disabled, that is gone, that was reset just before", (what, call, disabled, removed) => {
    expect(refusal(() => perform(call))).toEqual([
      { type: "application", tag: "data-missing", message: `The ${what} ${removed}` },
    ]);
    configure(false);
    expect(refusal(() => perform(call))).toEqual([
      { type: "application", tag: "operation-failed", appTag: "disabled", message: `The ${what} ${disabled}` },
    ]);
    configure();
    perform(call);
    expect(refusal(() => perform(call))).toEqual([
      {
        type: "application",
        tag: "resource-denied",
        appTag: "too-soon",
        message: `The ${what} was reset a moment ago. Try again in a second.`,
      },
    ]);
  });
});
