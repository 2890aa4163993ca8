import { expect, test } from "vitest";
import { type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

test("the state of a session has how many of its tables are not whole yet, of those that are selected", async () => {
  const [whole, part] = [await collector(), await collector()];
  const made = fixture();
  const peer = made.routes.up(new FakePeer(1));
  made.start(session(whole.port, { alias: "whole" }));
  made.start(
    session(part.port, {
      alias: "part",
      monitor: { public: [{ family: "ipv6-unicast", rib: "adj-rib-in-pre" }], vpnInstances: [], peers: [] },
    }),
  );
  for (const alias of ["whole", "part"]) await made.until(({ operState }) => operState === "up", alias);
  const pending = () => [made.state("whole").pendingEndOfRibs, made.state("part").pendingEndOfRibs];
  expect(pending()).toEqual([2, 1]);
  made.routes.endOfRib(peer, IPV4_UNICAST);
  expect(pending()).toEqual([1, 1]);
  made.routes.up(new FakePeer(2));
  expect(pending()).toEqual([3, 2]);
  made.routes.endOfRib(peer, IPV6_UNICAST);
  expect(pending()).toEqual([2, 1]);
  made.engine.configure(undefined);
  expect(pending()).toEqual([undefined, undefined]);
});

test("tables are looked at once, however many sessions are told of them", async () => {
  const server = await collector();
  const made = fixture();
  let looks = 0;
  class CountingPeer extends FakePeer {
    override isEndOfRib(family: AddressFamily): boolean {
      looks += 1;
      return super.isEndOfRib(family);
    }
  }
  made.routes.up(new CountingPeer(1));
  const aliases = ["a", "b", "c", "d"];
  for (const alias of aliases) made.start(session(server.port, { alias }));
  for (const alias of aliases) await made.until(({ operState }) => operState === "up", alias);
  await new Promise(setImmediate);
  looks = 0;
  expect([...made.engine.sessionStates()].map(({ pendingEndOfRibs }) => pendingEndOfRibs)).toEqual([2, 2, 2, 2]);
  expect(looks).toBe(2);
});
