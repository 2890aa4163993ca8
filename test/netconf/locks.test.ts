import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { ServiceFixture } from "../datastore/service-fixture.ts";
import { FakeChannel } from "./fake-channel.ts";
import { Client, clientHello, noUrls, OK, reply, rpc } from "./harness.ts";

let fixture: ServiceFixture;
let server: NetconfServer;
/** Two sessions, 1 and 2. */
let one: Client;
let two: Client;
beforeEach(async () => {
  fixture = await ServiceFixture.start();
  const access = new AccessControl();
  const events = new EventStream();
  server = new NetconfServer({ datastores: fixture.service, urls: noUrls, access, events, log: () => {} });
  one = await connect();
  two = await connect();
});
afterEach(async () => {
  await server.stop();
  await fixture.stop();
});

async function connect(): Promise<Client> {
  const channel = new FakeChannel("admin");
  const client = new Client(channel, server.accept(channel));
  await client.send(clientHello("1.1"));
  client.takeSent();
  return client;
}

const DATASTORES = ["running", "candidate", "startup"] as const;
const lock = (name: string) => `<lock><target><${name}/></target></lock>`;
const unlock = (name: string) => `<unlock><target><${name}/></target></unlock>`;
const setName = (name: string, target = "candidate") =>
  `<edit-config><target><${target}/></target><config><bmp xmlns="urn:bmpconfd:yang:bmp">` +
  `<system-name>${name}</system-name></bmp></config></edit-config>`;
const copy = (source: string, target: string) =>
  `<copy-config><target><${target}/></target><source><${source}/></source></copy-config>`;

const refused = (tag: string, message: string, info = "") =>
  reply(
    `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      `<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
  );
const denied = (holder: number, message: string) =>
  refused("lock-denied", message, `<error-info><session-id>${holder}</session-id></error-info>`);
const locked = (name: string) => `The ${name} datastore is locked by session 1. Try again when it is unlocked.`;
const MODIFIED = denied(
  0,
  "The candidate datastore has changes that were neither committed nor discarded. Send &lt;commit&gt; or " +
    "&lt;discard-changes&gt; first.",
);

async function allOk(client: Client, ...operations: readonly string[]): Promise<void> {
  for (const operation of operations) expect(await client.ask(rpc(operation))).toBe(OK);
}

describe("<lock> (RFC 6241 section 7.5)", () => {
  test.each(DATASTORES)(
    "of %s is denied while a session holds it, this one or another, whose id is told",
    async (name) => {
      await allOk(one, lock(name));
      expect(await two.ask(rpc(lock(name)))).toBe(denied(1, `The ${name} datastore is locked by session 1.`));
      expect(await one.ask(rpc(lock(name)))).toBe(denied(1, `The ${name} datastore is locked by this session.`));
      await allOk(one, unlock(name));
      await allOk(two, lock(name));
    },
  );

  test("the three are independent of one another", async () => {
    await allOk(one, lock("running"), lock("startup"));
    await allOk(two, lock("candidate"), setName("b"));
  });

  test("of a candidate with changes is denied, whoever made them, until they are committed or discarded", async () => {
    await allOk(one, setName("a"));
    expect(await two.ask(rpc(lock("candidate")))).toBe(MODIFIED);
    expect(await one.ask(rpc(lock("candidate")))).toBe(MODIFIED);
    await allOk(two, "<discard-changes/>", lock("candidate"), unlock("candidate"));
    await allOk(one, setName("a"), "<commit/>");
    await allOk(two, lock("candidate"));
  });

  test("of a candidate that was changed and changed back is granted", async () => {
    await allOk(one, setName("a", "running"), setName("b"), setName("a"));
    await allOk(two, lock("candidate"));
  });

  test("of running is denied while another session's confirmed commit waits; its own session may", async () => {
    await allOk(one, setName("a"), "<commit><confirmed/></commit>");
    const until = "until 2026-11-22T10:10:00.000Z. Try again afterwards.";
    expect(await two.ask(rpc(lock("running")))).toBe(
      denied(1, `A confirmed commit of session 1 waits to be confirmed, ${until}`),
    );
    await allOk(one, lock("running"), unlock("running"), "<commit/>");
    await allOk(two, lock("running"));
  });

  test("of running is denied with session-id 0 while one waits whose session has ended", async () => {
    await allOk(one, setName("a"), "<commit><confirmed/><persist>x</persist></commit>", "<close-session/>");
    expect(await two.ask(rpc(lock("running")))).toMatch(/lock-denied.*<session-id>0<\/session-id>/);
  });

  test("keeps others from every change of what is locked, with in-use, and from nothing else", async () => {
    await allOk(one, ...DATASTORES.map(lock));
    for (const [operation, name] of [
      [setName("b", "running"), "running"],
      [copy("candidate", "running"), "running"],
      ["<commit/>", "running"],
      ["<cancel-commit/>", "running"],
      [setName("b"), "candidate"],
      [copy("running", "candidate"), "candidate"],
      ["<discard-changes/>", "candidate"],
      [copy("running", "startup"), "startup"],
      ["<delete-config><target><startup/></target></delete-config>", "startup"],
    ] as const) {
      expect([operation, await two.ask(rpc(operation))]).toEqual([operation, refused("in-use", locked(name))]);
    }
    await allOk(two, "<validate><source><candidate/></source></validate>");
    for (const name of DATASTORES) {
      expect(await two.ask(rpc(`<get-config><source><${name}/></source></get-config>`))).toContain("<data>");
    }
    await allOk(one, setName("a", "running"), setName("b"), "<commit/>", copy("running", "startup"));
    await allOk(one, unlock("running"), unlock("startup"));
    // A locked candidate alone is enough (section 8.3.4.1).
    expect(await two.ask(rpc("<commit/>"))).toBe(refused("in-use", locked("candidate")));
  });
});

describe("<unlock> (RFC 6241 section 7.6)", () => {
  test.each(DATASTORES)("of %s is for the session that holds the lock", async (name) => {
    expect(await one.ask(rpc(unlock(name)))).toBe(refused("operation-failed", `The ${name} datastore is not locked.`));
    await allOk(one, lock(name));
    expect(await two.ask(rpc(unlock(name)))).toBe(
      refused("operation-failed", `The ${name} datastore is locked by session 1, not by this one.`),
    );
    await allOk(one, unlock(name));
    expect(await one.ask(rpc(unlock(name)))).toBe(refused("operation-failed", `The ${name} datastore is not locked.`));
  });

  test("of the candidate discards what was not committed (section 8.3.5.2); of running it does not", async () => {
    await allOk(one, setName("a", "running"), lock("candidate"), lock("running"), setName("b"), unlock("running"));
    expect(await fixture.nameIn("candidate")).toBe("b");
    await allOk(one, unlock("candidate"));
    expect(await fixture.nameIn("candidate")).toBe("a");
    await allOk(two, lock("candidate"));
  });
});

describe("the end of a session", () => {
  test.each<[string, () => Promise<void>]>([
    ["<close-session>", () => allOk(one, "<close-session/>")],
    ["<kill-session>", () => allOk(two, "<kill-session><session-id>1</session-id></kill-session>")],
    ["a lost connection", async () => one.handler.closed()],
  ])("by %s releases its locks, and discards the changes of a candidate that it had locked", async (_, end) => {
    await allOk(one, setName("a", "running"), ...DATASTORES.map(lock), setName("b"));
    await end();
    await fixture.settled();
    expect(await fixture.nameIn("candidate")).toBe("a");
    await allOk(two, ...DATASTORES.map(lock));
  });

  test("leaves the changes of a candidate that it had not locked", async () => {
    await allOk(one, setName("b"), lock("running"), "<close-session/>");
    await fixture.settled();
    expect(await fixture.nameIn("candidate")).toBe("b");
    expect(await two.ask(rpc(lock("candidate")))).toBe(MODIFIED);
  });
});
