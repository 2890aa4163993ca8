import { expect, test } from "vitest";
import { LimitConfiguration } from "../../src/netconf/configured-limits.ts";
import { netconfLimits } from "../../src/netconf/limits.ts";
import { commit, edit, engineFixture, refusal, schemaFixture } from "../datastore/engine-fixture.ts";
import { Harness, OK, rpc } from "./harness.ts";

const LIMITS = "/bmpconfd-server:netconf-server";
const LOCK = rpc("<lock><target><running/></target></lock>");
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A server, and what a commit of its limits does. */
function configuredHarness() {
  const harness = new Harness();
  const limits = new LimitConfiguration((configured) => harness.server.configure(configured));
  const set = async (after: { readonly "idle-timeout": string; readonly "max-sessions": string } | undefined) => {
    const prepared = await limits.prepare([{ path: LIMITS, keys: [], after }]);
    return prepared;
  };
  return { harness, limits, set };
}

test("idle-timeout counts from the next sign of life of an open session on", async () => {
  const { harness, set } = configuredHarness();
  const client = await harness.open();
  expect(harness.timers.delaysMs).toEqual([3_600_000]);
  (await set({ "idle-timeout": "60", "max-sessions": "512" })).apply();
  expect(harness.timers.delaysMs).toEqual([3_600_000]);
  expect(await client.ask(LOCK)).toBe(OK);
  expect(harness.timers.delaysMs).toEqual([60_000]);
  (await set(undefined)).apply();
  await client.ask(LOCK);
  expect(harness.timers.delaysMs).toEqual([3_600_000]);
});

test("max-sessions refuses further ones; those that are open go on", async () => {
  const { harness, set } = configuredHarness();
  const [first] = [await harness.open(), await harness.open()];
  (await set({ "idle-timeout": "3600", "max-sessions": "1" })).apply();
  const third = harness.connect();
  expect([third.takeSent(), third.channel.ends]).toEqual(["", ["close"]]);
  expect(await first.ask(LOCK)).toBe(OK);
  first.handler.closed();
  await nextTurn();
  expect(harness.connect().channel.ends).toEqual(["close"]);
  (await set({ "idle-timeout": "3600", "max-sessions": "2" })).apply();
  expect(harness.connect().takeSent()).toContain("<hello ");
});

test("a commit that is given up changes nothing; what was committed before the start counts", async () => {
  const { harness, limits, set } = configuredHarness();
  (await set({ "idle-timeout": "60", "max-sessions": "1" })).abort();
  await harness.open();
  await harness.open();
  limits.adopt([{ path: LIMITS, keys: [], after: { "idle-timeout": "60", "max-sessions": "2" } }]);
  expect(harness.connect().channel.ends).toEqual(["close"]);
});

test("the model's defaults are the server's own limits", async () => {
  const schema = await schemaFixture();
  const defaults = Object.fromEntries([...schema.ownConfigNodes()].map((node) => [node.path, node.defaults[0]]));
  expect(defaults).toMatchObject({
    [`${LIMITS}/idle-timeout`]: String(netconfLimits.idleTimeS),
    [`${LIMITS}/max-sessions`]: String(netconfLimits.sessions),
  });
});

test("the model's own limits are enforced", async () => {
  const engine = engineFixture(await schemaFixture());
  const server = (content: string) => `<netconf-server xmlns="urn:bmpconfd:yang:server">${content}</netconf-server>`;
  for (const content of ["<idle-timeout>9</idle-timeout>", "<max-sessions>0</max-sessions>"]) {
    expect(refusal(() => engine.editCandidate(edit(server(content))))).toMatchObject([
      { type: "application", tag: "invalid-value" },
    ]);
  }
  const listen = (at: number) =>
    `<listen><name>${at}</name><address>127.0.0.1</address><port>${1_000 + at}</port></listen>`;
  engine.editCandidate(edit(server(Array.from({ length: 65 }, (_, at) => listen(at)).join(""))));
  expect(refusal(() => commit(engine))).toMatchObject([{ tag: "operation-failed", appTag: "too-many-elements" }]);
  engine.discardCandidate();
  engine.editCandidate(edit(server(listen(1) + listen(1).replace("<name>1", "<name>2"))));
  expect(refusal(() => commit(engine))).toMatchObject([{ tag: "operation-failed", appTag: "data-not-unique" }]);
  engine.discardCandidate();
  engine.editCandidate(edit(server("<idle-timeout>60</idle-timeout>")));
  commit(engine);
  expect(engine.getConfig("running")).toBe(server("<idle-timeout>60</idle-timeout>"));
});
