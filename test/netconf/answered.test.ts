import { expect, test } from "vitest";
import { lockDenied } from "../../src/errors/constructors.ts";
import { chunked, Harness, rpc } from "./harness.ts";

const outcomes = ({ answered }: Harness) => answered.map(({ operation, outcome }) => `${operation} ${outcome}`);

test("each request is told with its operation and what came of it", async () => {
  const harness = new Harness();
  const client = await harness.open();
  await client.ask(rpc("<get/>"));
  harness.datastores.failNext(lockDenied(5, "Somebody has it."));
  await client.ask(rpc("<discard-changes/>"));
  await client.ask(rpc("<lock/>"));
  await client.ask(rpc("<fly/>"));
  await client.ask(rpc('<fly xmlns="urn:example:none"/>'));
  await client.ask("<rpc>");
  await client.ask(rpc("<close-session/>"));
  expect(outcomes(harness)).toEqual([
    "get ok",
    "discard-changes lock-denied",
    "lock missing-element",
    "unknown operation-not-supported",
    "unknown unknown-namespace",
    "unknown malformed-message",
    "close-session ok",
  ]);
  expect(harness.server.figures).toMatchObject({ sessionsStarted: 1, badRpcs: 1, sessionsDropped: 0, badHellos: 0 });
});

test("the time is from the request to its reply, and what it waits for counts", async () => {
  const harness = new Harness();
  const client = await harness.open();
  harness.datastores.hold();
  const sending = client.send(chunked(rpc("<discard-changes/>")));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(harness.answered).toEqual([]);
  harness.datastores.release();
  await sending;
  const [{ ms } = { ms: 0 }] = harness.answered;
  expect(ms).toBeGreaterThan(45);
  expect(ms).toBeLessThan(10_000);
});
