import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { EngineFixture } from "../datastore/engine-fixture.ts";
import { EngineDatastores, engineOf } from "./engine-datastores.ts";
import { FakeChannel } from "./fake-channel.ts";
import { BASE, type Client, chunked, clientHello, Harness, noUrls, OK, reply, rpc } from "./harness.ts";

const WITH_DEFAULTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults";
const NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring";
const START = "2026-11-25T10:00:00.000+00:00";
const LATER = "2026-11-25T10:00:07.250+00:00";

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf("kiosk", "kiosk-rules");
});

let harness: Harness;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(START) });
  const datastores = new EngineDatastores(engine);
  harness = new Harness({ idleTimeS: 60, messageBytes: 4096 }, noUrls, datastores);
  datastores.provider = harness.server;
});
afterEach(() => void vi.useRealTimers());

/** Modules and submodules. */
const schemaCount = (): number =>
  engine.yangLibrary().modules.reduce((count, { submodules }) => count + 1 + submodules.length, 0);

const get = (client: Client, content: string): Promise<string> =>
  client.ask(rpc(`<get><filter><netconf-state xmlns="${NCM}">${content}</netconf-state></filter></get>`));
const state = (content: string): string =>
  reply(`<data><netconf-state xmlns="${NCM}">${content}</netconf-state></data>`);

describe("/netconf-state (RFC 6022 section 2.1)", () => {
  test("capabilities are those of the hello", async () => {
    const client = harness.connect();
    const hello = client.takeSent();
    await client.send(clientHello("1.1"));
    const capabilities = /<capabilities>(.*)<\/capabilities>/s.exec(hello)?.[1];
    expect(capabilities?.split("<capability>").slice(-14)).toEqual([
      `urn:ietf:params:netconf:capability:yang-library:1.0?revision=2019-01-04&amp;module-set-id=${contentId()}</capability>`,
      `urn:ietf:params:netconf:capability:yang-library:1.1?revision=2019-01-04&amp;content-id=${contentId()}</capability>`,
      "urn:bmpconfd:yang:system-deviations?module=bmpconfd-system-deviations&amp;revision=2026-11-25</capability>",
      "urn:ietf:params:xml:ns:yang:iana-crypt-hash?module=iana-crypt-hash&amp;revision=2014-08-06&amp;" +
        "features=crypt-hash-sha-256,crypt-hash-sha-512</capability>",
      `${BASE}?module=ietf-netconf&amp;revision=2011-06-01&amp;features=writable-running,candidate,` +
        "confirmed-commit,rollback-on-error,validate,startup,xpath</capability>",
      "urn:ietf:params:xml:ns:yang:ietf-netconf-acm?module=ietf-netconf-acm&amp;revision=2018-02-14</capability>",
      `${NCM}?module=ietf-netconf-monitoring&amp;revision=2010-10-04</capability>`,
      "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications?module=ietf-netconf-notifications&amp;revision=2012-02-06" +
        "</capability>",
      "urn:ietf:params:xml:ns:netconf:partial-lock:1.0?module=ietf-netconf-partial-lock&amp;revision=2009-10-19</capability>",
      `${WITH_DEFAULTS}?module=ietf-netconf-with-defaults&amp;revision=2011-06-01</capability>`,
      "urn:ietf:params:xml:ns:yang:ietf-system?module=ietf-system&amp;revision=2014-08-06&amp;" +
        "features=authentication,local-users&amp;deviations=bmpconfd-system-deviations</capability>",
      "urn:example:kiosk?module=kiosk&amp;deviations=kiosk-rules</capability>",
      "urn:ietf:params:xml:ns:netmod:notification?module=nc-notifications&amp;revision=2008-07-14</capability>",
      "urn:ietf:params:xml:ns:netconf:notification:1.0?module=notifications&amp;revision=2008-07-14</capability>",
    ]);
    expect(await get(client, "<capabilities/>")).toBe(state(`<capabilities>${capabilities}</capabilities>`));
  });

  test("a datastore has its lock, of whom and since when", async () => {
    const client = await harness.open();
    const other = await harness.open();
    await client.ask(rpc("<lock><target><candidate/></target></lock>"));
    await other.ask(rpc("<lock><target><running/></target></lock>"));
    expect(await get(client, "<datastores/>")).toBe(
      state(
        "<datastores><datastore><name>running</name><locks><global-lock><locked-by-session>2</locked-by-session>" +
          "<locked-time>1970-01-01T00:00:00.000+00:00</locked-time></global-lock></locks></datastore>" +
          "<datastore><name>candidate</name><locks><global-lock><locked-by-session>1</locked-by-session>" +
          "<locked-time>1970-01-01T00:00:00.000+00:00</locked-time></global-lock></locks></datastore>" +
          "<datastore><name>startup</name></datastore></datastores>",
      ),
    );
    await client.ask(rpc("<unlock><target><candidate/></target></unlock>"));
    await other.ask(rpc("<close-session/>"));
    expect(await get(client, "<datastores><datastore><locks/></datastore></datastores>")).toBe(reply("<data/>"));
  });

  test("schemas are all modules and submodules in both formats", async () => {
    const client = await harness.open();
    const all = await get(client, "<schemas><schema><identifier/></schema></schemas>");
    expect(all.split("<schema>").length - 1).toBe(2 * schemaCount());
    const kiosk = (identifier: string, version: string, format: string) =>
      `<schema><identifier>${identifier}</identifier>${version}<format>${format}</format>` +
      "<namespace>urn:example:kiosk</namespace><location>NETCONF</location></schema>";
    expect(await get(client, "<schemas><schema><namespace>urn:example:kiosk</namespace></schema></schemas>")).toBe(
      state(
        `<schemas>${kiosk("kiosk", "<version/>", "yang")}${kiosk("kiosk", "<version/>", "yin")}` +
          kiosk("kiosk-menu", "<version>2026-03-01</version>", "yang") +
          `${kiosk("kiosk-menu", "<version>2026-03-01</version>", "yin")}</schemas>`,
      ),
    );
  });

  test("a session has its user, address, time and counters", async () => {
    await harness.open("1.0", new FakeChannel("bob"));
    vi.setSystemTime(Date.parse(LATER));
    const client = await harness.open("1.1", new FakeChannel("carol", "monitor"));
    const session = (id: number, username: string, time: string, rpcs: number) =>
      `<session><session-id>${id}</session-id><transport>netconf-ssh</transport><username>${username}</username>` +
      `<source-host>192.0.2.1</source-host><login-time>${time}</login-time><in-rpcs>${rpcs}</in-rpcs>` +
      "<in-bad-rpcs>0</in-bad-rpcs><out-rpc-errors>0</out-rpc-errors><out-notifications>0</out-notifications></session>";
    expect(await get(client, "<sessions/>")).toBe(
      state(`<sessions>${session(1, "bob", START, 0)}${session(2, "carol", LATER, 1)}</sessions>`),
    );
    expect(await get(client, "<sessions><session><session-id>2</session-id></session></sessions>")).toBe(
      state(`<sessions>${session(2, "carol", LATER, 2)}</sessions>`),
    );
  });

  test("a link-local address goes without its zone, which inet:host might not allow", async () => {
    const channel = new FakeChannel();
    channel.peer.address = "fe80::1%eth0.100";
    const client = await harness.open("1.1", channel);
    expect(await get(client, "<sessions><session><source-host/></session></sessions>")).toBe(
      state("<sessions><session><session-id>1</session-id><source-host>fe80::1</source-host></session></sessions>"),
    );
  });

  test("everything comes with an unfiltered get, and nothing with a filter for something else", async () => {
    const client = await harness.open();
    const all = await client.ask(rpc("<get/>"));
    for (const part of ["capabilities", "datastores", "schemas", "sessions", "statistics"]) {
      expect(all.split(`<${part}>`).length, part).toBe(2);
    }
    expect(await client.ask(rpc('<get><filter><netconf-state xmlns="urn:other"/></filter></get>'))).toBe(
      reply("<data/>"),
    );
    expect(await get(client, "<statistics><in-sessions/></statistics><nothing/>")).toBe(
      state("<statistics><in-sessions>1</in-sessions></statistics>"),
    );
  });

  test("in documents of bounded size, the sessions are still one list", async () => {
    for (let count = 0; count < 300; count++) harness.connect();
    const client = await harness.open();
    const sessions = await get(client, "<sessions><session><session-id/></session></sessions>");
    const ids = [...sessions.matchAll(/<session-id>(\d+)</g)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: 301 }, (_, index) => index + 1));
    expect(sessions.split("<sessions>").length).toBe(2);
    expect((await harness.server.state()).every((document) => document.length < 100_000)).toBe(true);
  });
});

const contentId = (): string => engine.yangLibrary().contentId;

const COUNTERS = ["in-bad-hellos", "in-sessions", "dropped-sessions", "in-rpcs", "in-bad-rpcs", "out-rpc-errors"];

const action = (content: string) => `<action xmlns="urn:ietf:params:xml:ns:yang:1">${content}</action>`;

/** The server's counters, as numbers in that order. */
async function statistics(client: Client): Promise<number[]> {
  const answer = await get(client, "<statistics/>");
  return COUNTERS.map((name) => Number(new RegExp(`<statistics>.*<${name}>(\\d+)</`, "s").exec(answer)?.[1]));
}

describe("counters (RFC 6022, container statistics and grouping common-counters)", () => {
  test("the reply as a whole", async () => {
    const client = await harness.open();
    vi.setSystemTime(Date.parse(LATER));
    expect(await get(client, "<statistics/>")).toBe(
      state(
        `<statistics><netconf-start-time>${START}</netconf-start-time><in-bad-hellos>0</in-bad-hellos>` +
          "<in-sessions>1</in-sessions><dropped-sessions>0</dropped-sessions><in-rpcs>1</in-rpcs>" +
          "<in-bad-rpcs>0</in-bad-rpcs><out-rpc-errors>0</out-rpc-errors><out-notifications>0</out-notifications>" +
          "</statistics>",
      ),
    );
  });

  test.each<[string, (client: Client) => Promise<unknown>, number[]]>([
    ["an rpc", (client) => client.ask(rpc("<get-config><source><running/></source></get-config>")), [0, 0, 0, 1, 0, 0]],
    ["an rpc that is refused", (client) => client.ask(rpc("<commit><x/></commit>")), [0, 0, 0, 1, 0, 1]],
    ["an operation that there is not", (client) => client.ask(rpc("<restart/>")), [0, 0, 0, 1, 0, 1]],
    [
      "an action",
      (client) => client.ask(rpc(action("<a xmlns='urn:ietf:params:xml:ns:yang:ietf-yang-library'/>"))),
      [0, 0, 0, 1, 0, 0],
    ],
    ["an action that is refused", (client) => client.ask(rpc(action(""))), [0, 0, 0, 1, 0, 1]],
    ["no XML", (client) => client.ask("<rpc"), [0, 0, 0, 0, 1, 1]],
    ["another element", (client) => client.ask("<get/>"), [0, 0, 0, 0, 1, 1]],
    ["no message-id", (client) => client.ask(`<rpc xmlns="${BASE}"><get/></rpc>`), [0, 0, 0, 0, 1, 1]],
    ["no operation", (client) => client.ask(rpc("")), [0, 0, 0, 0, 1, 1]],
    ["a session", () => harness.open(), [0, 1, 0, 0, 0, 0]],
    ["close-session", async () => (await harness.open()).ask(rpc("<close-session/>")), [0, 1, 0, 1, 0, 0]],
    [
      "kill-session",
      async (client) => {
        const other = await harness.open();
        expect(await client.ask(rpc("<kill-session><session-id>2</session-id></kill-session>"))).toBe(OK);
        other.handler.closed();
      },
      [0, 1, 0, 1, 0, 0],
    ],
    ["a channel that closes", async () => (await harness.open()).handler.closed(), [0, 1, 1, 0, 0, 0]],
    [
      "a session that is idle",
      async () => {
        await harness.open();
        harness.timers.elapseNewest();
      },
      [0, 1, 1, 0, 0, 0],
    ],
    [
      "a session without a hello",
      async () => {
        harness.connect();
        harness.timers.elapseNewest();
      },
      [0, 1, 1, 0, 0, 0],
    ],
    ["a hello that is none", () => harness.connect().send("<rpc/>]]>]]>"), [1, 1, 0, 0, 0, 0]],
    [
      "a hello with a session-id",
      () => harness.connect().send(clientHello("1.1").replace("</hello>", "<session-id>4</session-id></hello>")),
      [1, 1, 0, 0, 0, 0],
    ],
    ["a hello too long", () => harness.connect().send(clientHello("x".repeat(70_000))), [1, 1, 0, 0, 0, 0]],
    [
      "a message too long",
      async () => (await harness.open()).send(chunked(rpc(`<get><!--${"x".repeat(5_000)}--></get>`))),
      [0, 1, 1, 0, 1, 1],
    ],
    ["bad framing", async () => (await harness.open()).send("\n#0\n"), [0, 1, 1, 0, 0, 0]],
  ])("%s", async (_, deed, difference) => {
    const client = await harness.open();
    const before = await statistics(client);
    await deed(client);
    // Less the request for the statistics themselves.
    const after = await statistics(client);
    expect(after.map((count, index) => count - (before[index] as number))).toEqual(
      difference.map((count, index) => (COUNTERS[index] === "in-rpcs" ? count + 1 : count)),
    );
  });

  test("of a session are its own", async () => {
    const client = await harness.open();
    const other = await harness.open();
    await other.ask("<rpc");
    await other.ask(rpc("<restart/>"));
    const counters = (session: number, ...counts: number[]) =>
      `<session><session-id>${session}</session-id><in-rpcs>${counts[0]}</in-rpcs><in-bad-rpcs>${counts[1]}</in-bad-rpcs>` +
      `<out-rpc-errors>${counts[2]}</out-rpc-errors></session>`;
    expect(await get(client, "<sessions><session><in-rpcs/><in-bad-rpcs/><out-rpc-errors/></session></sessions>")).toBe(
      state(`<sessions>${counters(1, 1, 0, 0)}${counters(2, 1, 1, 2)}</sessions>`),
    );
  });
});
