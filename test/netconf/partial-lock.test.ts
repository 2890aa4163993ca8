import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { datastoreLimits } from "../../src/datastore/limits.ts";
import { netconfLimits } from "../../src/netconf/limits.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import { ServiceFixture } from "../datastore/service-fixture.ts";
import { FakeChannel } from "./fake-channel.ts";
import { BASE, Client, clientHello, noUrls, OK, reply, rpc } from "./harness.ts";

const PL = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0";
const NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring";
const BMP = "urn:bmpconfd:yang:bmp";
const GARDEN = "urn:garden";
const NOW = "2026-11-25T10:00:00.000+00:00";

let fixture: ServiceFixture;
let server: NetconfServer;
/** Two sessions, 1 and 2. */
let one: Client;
let two: Client;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(NOW) });
  fixture = await ServiceFixture.start([moduleFile("garden"), moduleFile("lamps")]);
  server = new NetconfServer({
    datastores: fixture.service,
    urls: noUrls,
    access: new AccessControl(),
    events: new EventStream(),
    log: () => {},
  });
  fixture.stateProviders.push(server);
  one = await connect();
  two = await connect();
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
  await fixture.stop();
});

const moduleFile = (name: string) => fileURLToPath(new URL(`../yang/modules/${name}.yang`, import.meta.url));

async function connect(group = "admin"): Promise<Client> {
  const channel = new FakeChannel("alice", group);
  const client = new Client(channel, server.accept(channel));
  await client.send(clientHello("1.1"));
  client.takeSent();
  return client;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const lock = (...selects: string[]) =>
  `<partial-lock xmlns="${PL}" xmlns:bmp="${BMP}" xmlns:g="${GARDEN}">` +
  `${selects.map((select) => `<select>${escaped(select)}</select>`).join("")}</partial-lock>`;
const unlock = (lockId: number | string) =>
  `<partial-unlock xmlns="${PL}"><lock-id>${lockId}</lock-id></partial-unlock>`;
const edit = (content: string, target = "running", more = "") =>
  `<edit-config><target><${target}/></target>${more}<config xmlns:nc="${BASE}">${content}</config></edit-config>`;
const copy = (content: string) =>
  `<copy-config><target><running/></target><source><config>${content}</config></source></copy-config>`;
const garden = (content: string, attributes = "") => `<garden xmlns="${GARDEN}"${attributes}>${content}</garden>`;
const bed = (row: number, content = "", attributes = "") =>
  `<bed${attributes}><row>${row}</row><column>a</column>${content}</bed>`;
const bmp = (content: string) => `<bmp xmlns="${BMP}">${content}</bmp>`;
const session = (address: string, content = "", attributes = "") =>
  `<bmp-session${attributes}><vpn-instance>_public_</vpn-instance><address>${address}</address><alias/>${content}</bmp-session>`;
const DELETE = ' nc:operation="delete"';

const BED = (row: number) => `/g:garden/g:bed[g:row='${row}'][g:column='a']`;
const SESSION = (address: string) =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${address}'][bmp:alias='']`;

const prefixOf = (path: string) => (path.startsWith("/bmp:") ? ` xmlns:bmp="${BMP}"` : ` xmlns:g="${GARDEN}"`);
/** The reply to a lock that is granted. */
const granted = (lockId: number, ...nodes: string[]) =>
  reply(
    `<lock-id xmlns="${PL}">${lockId}</lock-id>` +
      nodes.map((path) => `<locked-node xmlns="${PL}"${prefixOf(path)}>${path}</locked-node>`).join(""),
  );

interface Refusal {
  readonly type?: string;
  readonly tag: string;
  readonly appTag?: string;
  readonly path?: string;
  readonly message: string;
  readonly info?: string;
}
const refused = ({ type = "protocol", tag, appTag, path = "", message, info }: Refusal) =>
  reply(
    `<rpc-error><error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      (appTag === undefined ? "" : `<error-app-tag>${appTag}</error-app-tag>`) +
      path +
      `<error-message xml:lang="en">${escaped(message)}</error-message>` +
      (info === undefined ? "" : `<error-info>${info}</error-info>`) +
      "</rpc-error>",
  );
const atData = (path: string) => `<error-path${prefixOf(path)}>${path}</error-path>`;
const atRequest = (path: string) => `<error-path xmlns:nc="${BASE}" xmlns:pl="${PL}">/nc:rpc/${path}</error-path>`;
const holder = (id: number) => `<session-id>${id}</session-id>`;

/** To one who changes a locked node. */
const inUse = (path: string, lockId = 1, sessionId = 1) =>
  refused({
    type: "application",
    tag: "in-use",
    appTag: "locked",
    path: atData(path),
    message: `Session ${sessionId} has locked ${path}, or what it is in (partial lock ${lockId}). Try again when it is released.`,
  });
/** To one who locks what another session has locked a part of. */
const lockDenied = (path: string, sessionId = 1) =>
  refused({
    tag: "lock-denied",
    path: atData(path),
    message: `Session ${sessionId} has a partial lock on it, or on a part of it. Try again when it is released.`,
    info: holder(sessionId),
  });

async function allOk(client: Client, ...operations: readonly string[]): Promise<void> {
  for (const operation of operations) expect(await client.ask(rpc(operation))).toBe(OK);
}
const running = async (filter: string): Promise<string> =>
  one.ask(rpc(`<get-config><source><running/></source><filter>${filter}</filter></get-config>`));

describe("<partial-lock> (RFC 5717 section 2.4.1)", () => {
  test("the RFC's example: two entries of two modules; the reply has its request's prefix", async () => {
    await allOk(one, edit(bmp(session("192.0.2.1")) + garden(bed(1))));
    const frame = `xmlns="${PL}" xmlns:nc="${BASE}" message-id="135"`;
    expect(
      await one.ask(
        `<nc:rpc ${frame}><partial-lock>` +
          `<select xmlns:rte="${BMP}">\n  /rte:bmp/rte:bmp-session[rte:address='192.0.2.1']\n</select>` +
          `<select xmlns:if="${GARDEN}">/if:garden/if:bed[if:row='1']</select></partial-lock></nc:rpc>`,
      ),
    ).toBe(
      `<nc:rpc-reply ${frame}><lock-id xmlns="${PL}">1</lock-id>` +
        `<locked-node xmlns="${PL}" xmlns:bmp="${BMP}">${SESSION("192.0.2.1")}</locked-node>` +
        `<locked-node xmlns="${PL}" xmlns:g="${GARDEN}">${BED(1)}</locked-node></nc:rpc-reply>`,
    );
    expect(
      await one.ask(
        `<nc:rpc ${frame}><partial-unlock><lock-id>1</lock-id></partial-unlock></nc:rpc>`.replace("135", "136"),
      ),
    ).toBe(`<nc:rpc-reply ${frame.replace("135", "136")}><ok xmlns="${BASE}"/></nc:rpc-reply>`);
  });

  test("appendix C: reserving a node for future editing", async () => {
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(granted(1, "/g:garden"));
    // Below the locked node: nobody else can make it in between.
    expect(await two.ask(rpc(edit(garden(bed(7)))))).toBe(inUse(BED(7)));
    await allOk(one, edit(garden(bed(7))));
    expect(await one.ask(rpc(lock(BED(7))))).toBe(granted(2, BED(7)));
    await allOk(one, unlock(1));
    await allOk(two, edit(garden(bed(8))));
    expect(await two.ask(rpc(edit(garden(bed(7, "<note>x</note>")))))).toBe(inUse(`${BED(7)}/g:note`, 2));
    await allOk(one, edit(garden(bed(7, "<note>mine</note>"))));
  });

  test("what is selected is locked as it is now: entries that come later are not", async () => {
    await allOk(one, edit(garden(bed(1) + bed(2))));
    expect(await one.ask(rpc(lock("/g:garden/g:bed")))).toBe(granted(1, BED(1), BED(2)));
    await allOk(two, edit(garden(bed(3, "<note>x</note>"))));
    await allOk(two, edit(garden(bed(3, "<note>y</note>"))));
    expect(await two.ask(rpc(edit(garden(bed(2, "", DELETE)))))).toBe(inUse(BED(2)));
  });

  test("any XPath 1.0, evaluated from the root; each node once, what is in another one with that", async () => {
    await allOk(one, edit(garden(`${bed(1)}${bed(2, "<note>x</note>")}<walk>5</walk><walk>3</walk>`)));
    const selects = [
      "//g:note[. = 'x'] | g:garden/g:bed[last()]",
      "//g:walk[. > 4] | //h",
      "/g:garden/g:*[g:row mod 2 = 0]/@*",
      "/g:garden/g:walk[2]",
    ];
    expect(await one.ask(rpc(lock(...selects)))).toBe(
      granted(1, "/g:garden/g:walk[.='5']", "/g:garden/g:walk[.='3']", BED(2)),
    );
    const everything = await one.ask(rpc(lock("/")));
    const tops = [...everything.matchAll(/">(\/[^<]*)<\/locked-node>/g)].map(([, path]) => path);
    expect(tops).toEqual(expect.arrayContaining(["/g:garden", "/nacm:nacm", "/l:room"]));
    expect(tops.filter((path) => path?.lastIndexOf("/") !== 0)).toEqual([]);
  });

  test.each<[string, string, Refusal]>([
    [
      "an expression that is none",
      lock("/g:garden["),
      {
        tag: "invalid-value",
        path: atRequest("pl:partial-lock/pl:select"),
        message: "The expression is no XPath 1.0: unexpected end, at character 11.",
      },
    ],
    [
      "one of several without its prefix",
      lock("/g:garden", "/h:garden"),
      {
        tag: "invalid-value",
        path: atRequest("pl:partial-lock/pl:select[2]"),
        message: 'The prefix "h" is not declared on <select> or around it.',
      },
    ],
    [
      "one that cannot be evaluated",
      lock("/g:garden[derived-from(., 'x')]"),
      {
        tag: "invalid-value",
        path: atRequest("pl:partial-lock/pl:select"),
        message: 'The expression cannot be evaluated: Non-prefixed node "x" in XML xpath found.',
      },
    ],
    [
      "something other than a node set",
      lock("count(/g:garden)"),
      {
        tag: "invalid-value",
        appTag: "not-a-node-set",
        path: atRequest("pl:partial-lock/pl:select"),
        message: "The result of the expression is no node set; select nodes.",
      },
    ],
    [
      "nothing at all",
      lock("/g:garden/g:bed", "/bmp:bmp", "/g:weather", "/garden"),
      {
        type: "application",
        tag: "operation-failed",
        appTag: "no-matches",
        message:
          "The expressions select no node in running. Names need prefixes that are declared; state cannot be locked.",
      },
    ],
    [
      "no expression",
      lock(),
      {
        tag: "missing-element",
        path: atRequest("pl:partial-lock"),
        message: "<select> is missing in <partial-lock>; add it.",
        info: "<bad-element>select</bad-element>",
      },
    ],
    [
      "an element in an expression",
      `<partial-lock xmlns="${PL}"><select><x/></select></partial-lock>`,
      {
        tag: "unknown-element",
        path: atRequest("pl:partial-lock/pl:select"),
        message: "<x> is not expected in <select>; leave it out.",
        info: "<bad-element>x</bad-element>",
      },
    ],
    [
      "the target that drafts of the RFC had",
      `<partial-lock xmlns="${PL}"><target><running/></target></partial-lock>`,
      {
        tag: "unknown-element",
        path: atRequest("pl:partial-lock"),
        message: "<target> is not expected in <partial-lock>; its parameters are <select>.",
        info: "<bad-element>target</bad-element>",
      },
    ],
  ])("%s is refused", async (_, operation, refusal) => {
    expect(await one.ask(rpc(operation))).toBe(refused(refusal));
    expect(fixture.service.partialLocks()).toEqual([]);
  });

  test("is refused while any session has locked running, this one included", async () => {
    await allOk(one, "<lock><target><running/></target></lock>");
    const denied = (who: string) =>
      refused({ tag: "lock-denied", message: `The running datastore is locked by ${who}.`, info: holder(1) });
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(denied("this session"));
    expect(await two.ask(rpc(lock("/g:garden")))).toBe(denied("session 1"));
    await allOk(one, "<unlock><target><running/></target></unlock>", "<lock><target><candidate/></target></lock>");
    expect(await two.ask(rpc(lock("/g:garden")))).toBe(granted(1, "/g:garden"));
  });

  test("is refused where another session has locked a node of it, below it or above it: all or nothing", async () => {
    await allOk(one, edit(garden(bed(1, "<note>x</note>") + bed(2))));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    expect(await two.ask(rpc(lock(BED(1))))).toBe(lockDenied(BED(1)));
    expect(await two.ask(rpc(lock(`${BED(1)}/g:note`)))).toBe(lockDenied(`${BED(1)}/g:note`));
    expect(await two.ask(rpc(lock(BED(2), "/g:garden")))).toBe(lockDenied("/g:garden"));
    expect(await two.ask(rpc(lock(BED(2), BED(1))))).toBe(lockDenied(BED(1)));
    await allOk(one, edit(garden(bed(2, "<note>free</note>"))));
    expect(await two.ask(rpc(lock(BED(2))))).toBe(granted(2, BED(2)));
  });

  test("a session has several, which may overlap: the common part is protected until the last one goes", async () => {
    await allOk(one, edit(garden(bed(1))));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(2, BED(1)));
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(granted(3, "/g:garden"));
    await allOk(one, unlock(1));
    expect(await two.ask(rpc(edit(garden("<title>x</title>"))))).toBe(inUse("/g:garden/g:title", 3));
    await allOk(one, unlock(3));
    await allOk(two, edit(garden("<title>x</title>")));
    expect(await two.ask(rpc(edit(garden(bed(1, "", DELETE)))))).toBe(inUse(BED(1), 2));
    await allOk(one, unlock(2));
    await allOk(two, edit(garden(bed(1, "", DELETE))));
  });

  test("while any confirmed commit waits it is in-use (section 2.6.2), for its own session too", async () => {
    await allOk(one, edit(garden(bed(1)), "candidate"), "<commit><confirmed/></commit>");
    const outstanding = refused({
      tag: "in-use",
      appTag: "outstanding-confirmed-commit",
      message:
        "A confirmed commit of session 1 waits to be confirmed, until 2026-11-22T10:10:00.000Z. Try again afterwards.",
    });
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(outstanding);
    expect(await two.ask(rpc(lock("/g:garden")))).toBe(outstanding);
    await allOk(one, "<commit/>");
    expect(await two.ask(rpc(lock("/g:garden")))).toBe(granted(1, "/g:garden"));
  });

  test("needs the right to use it, which the group monitor has not", async () => {
    const monitor = await connect("monitor");
    expect(await monitor.ask(rpc(lock("/g:garden")))).toBe(
      refused({
        tag: "access-denied",
        message: 'User "alice" may not use <partial-lock>: rule "built-in monitor/nothing-else" denies it.',
      }),
    );
  });
});

describe("<partial-unlock> (RFC 5717 section 2.4.2)", () => {
  const notHeld = (lockId: number) =>
    refused({
      tag: "invalid-value",
      path: atRequest("pl:partial-unlock/pl:lock-id"),
      message: `This session holds no partial lock ${lockId}.`,
    });

  test("of a lock that is not the session's own is invalid-value", async () => {
    expect(await one.ask(rpc(unlock(1)))).toBe(notHeld(1));
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(granted(1, "/g:garden"));
    expect(await two.ask(rpc(unlock(1)))).toBe(notHeld(1));
    await allOk(one, unlock(1));
    expect(await one.ask(rpc(unlock(1)))).toBe(notHeld(1));
    // Until its session has ended, nobody has its id.
    expect(await two.ask(rpc(lock("/g:garden")))).toBe(granted(2, "/g:garden"));
  });

  test.each([
    ["no lock-id", `<partial-unlock xmlns="${PL}"/>`, "missing-element"],
    ["no number", unlock("all"), "invalid-value"],
    ["one that is too large", unlock("4294967296"), "invalid-value"],
    ["two", `<partial-unlock xmlns="${PL}"><lock-id>1</lock-id><lock-id>2</lock-id></partial-unlock>`, "bad-element"],
  ])("with %s", async (_, operation, tag) => {
    expect(await one.ask(rpc(operation))).toContain(`<error-tag>${tag}</error-tag>`);
  });
});

describe("a locked node (RFC 5717 section 2.5)", () => {
  beforeEach(async () => {
    await allOk(
      one,
      edit(
        garden(
          `${bed(1, "<crop>c</crop><plant><name>p</name></plant><plant><name>q</name></plant>")}${bed(2)}<walk>1</walk><walk>2</walk>`,
        ) + bmp(session("192.0.2.1")),
      ),
    );
  });

  const note = garden(bed(1, "<note>x</note>"));

  test("is changed by its session, which may use any operation", async () => {
    expect(await one.ask(rpc(lock(BED(1), "/bmp:bmp")))).toBe(granted(1, "/bmp:bmp", BED(1)));
    await allOk(
      one,
      edit(note),
      edit(garden(bed(1, "<note>y</note>")), "candidate"),
      "<commit/>",
      copy(garden(bed(1))),
    );
  });

  test.each<[string, string, string]>([
    ["a new leaf in it", edit(note), `${BED(1)}/g:note`],
    ["a default that is set", edit(garden(bed(1, "<note>none</note>"))), `${BED(1)}/g:note`],
    ["its deletion", edit(garden(bed(1, "", DELETE))), BED(1)],
    ["a deletion in it", edit(garden(bed(1, `<crop${DELETE}>c</crop>`))), `${BED(1)}/g:crop[.='c']`],
    ["its replacement", edit(garden(bed(1, "", ' nc:operation="replace"'))), `${BED(1)}/g:crop[.='c']`],
    ["the deletion of what it is in", edit(garden("", DELETE)), BED(1)],
    ["the replacement of everything", edit("", "running", "<default-operation>replace</default-operation>"), BED(1)],
    ["a copy", copy(garden(bed(2))), BED(1)],
    ["a test only", edit(note, "running", "<test-option>test-only</test-option>"), `${BED(1)}/g:note`],
    [
      "another order in it",
      edit(
        garden(bed(1, '<plant xmlns:yang="urn:ietf:params:xml:ns:yang:1" yang:insert="first"><name>q</name></plant>')),
      ),
      `${BED(1)}/g:plant[g:name='q']`,
    ],
  ])("is not touched by %s of another session, and nothing else of that is done", async (_, operation, path) => {
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    const before = await running(`<garden xmlns="${GARDEN}"/>`);
    expect(await two.ask(rpc(operation))).toBe(inUse(path));
    expect(await running(`<garden xmlns="${GARDEN}"/>`)).toBe(before);
    expect(await running(`<bmp xmlns="${BMP}"/>`)).toContain("192.0.2.1");
  });

  test("is in the way of nothing beside it, nor of what changes nothing", async () => {
    expect(await one.ask(rpc(lock(BED(1), "/g:garden/g:walk[.='2']")))).toBe(
      granted(1, "/g:garden/g:walk[.='2']", BED(1)),
    );
    await allOk(
      two,
      edit(garden(bed(2, "<note>y</note>"))),
      edit(garden(bed(3))),
      edit(garden("<title>t</title>")),
      // The same again, as a whole.
      edit(garden(bed(1, "<crop>c</crop><plant><name>p</name></plant>"))),
      // Another entry of the same list.
      edit(garden(`<walk${DELETE}>1</walk>`)),
      edit(garden('<walk xmlns:yang="urn:ietf:params:xml:ns:yang:1" yang:insert="first">9</walk>')),
      edit(bmp(session("192.0.2.1", "<port>1790</port>"))),
    );
    expect(await two.ask(rpc(edit(garden(`<walk${DELETE}>2</walk>`))))).toBe(inUse("/g:garden/g:walk[.='2']"));
  });

  test("is not kept from being read, nor candidate and startup from being changed", async () => {
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(granted(1, "/g:garden"));
    await allOk(
      two,
      edit(note, "candidate"),
      "<validate><source><candidate/></source></validate>",
      "<discard-changes/>",
      "<copy-config><target><startup/></target><source><running/></source></copy-config>",
      "<delete-config><target><startup/></target></delete-config>",
      "<lock><target><candidate/></target></lock>",
      "<unlock><target><candidate/></target></unlock>",
    );
    expect(await two.ask(rpc("<get-config><source><running/></source></get-config>"))).toContain("<crop>c</crop>");
  });

  test("refuses a commit that changes it, and the candidate keeps its changes", async () => {
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await allOk(two, edit(note, "candidate"));
    for (const commit of ["<commit/>", "<commit><confirmed/></commit>"]) {
      expect(await two.ask(rpc(commit))).toBe(inUse(`${BED(1)}/g:note`));
    }
    // It is the candidate's content that counts: its own session commits the other's edit.
    await allOk(one, "<commit/>");
    expect(await running(garden("<bed><row>1</row><note/></bed>"))).toContain("<note>x</note>");
  });

  test("refuses what would go with another change, too", async () => {
    const lamps = (content: string) => `<room xmlns="urn:example:lamps">${content}</room>`;
    const level = (value: number) => edit(lamps(`<dimmer><level>${value}</level></dimmer>`));
    const STEP = "/l:room/l:dimmer/l:step";
    const refusal = (path: string) =>
      inUse(path).replaceAll(GARDEN, "urn:example:lamps").replaceAll("xmlns:g", "xmlns:l");
    // It is there by default, and gone when the level is low.
    await one.ask(rpc(lock("//*[local-name() = 'step']", "//*[local-name() = 'shade']")));
    expect(await two.ask(rpc(level(10)))).toBe(refusal(STEP));
    await allOk(two, level(60));
    await allOk(one, edit(lamps("<dimmer><step>5</step></dimmer>")));
    expect(await two.ask(rpc(level(10)))).toBe(refusal(STEP));
    // Another case of its choice comes.
    expect(await two.ask(rpc(edit(lamps("<glass>red</glass>"))))).toBe(refusal("/l:room/l:shade"));
    await allOk(one, level(10), edit(lamps("<glass>red</glass>")));
    await allOk(two, level(60));
  });

  test("keeps running from being locked, by its own session as well", async () => {
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    const denied = (who: string) =>
      refused({
        tag: "lock-denied",
        message: `A part of the running datastore is locked by ${who} (partial lock 1).`,
        info: holder(1),
      });
    expect(await two.ask(rpc("<lock><target><running/></target></lock>"))).toBe(denied("session 1"));
    expect(await one.ask(rpc("<lock><target><running/></target></lock>"))).toBe(denied("this session"));
    await allOk(one, unlock(1));
    await allOk(two, "<lock><target><running/></target></lock>");
  });

  test("that its session deletes is free from then on; the lock stays, on what is left", async () => {
    expect(await one.ask(rpc(lock(BED(1), BED(2))))).toBe(granted(1, BED(1), BED(2)));
    await allOk(one, edit(garden(bed(1, "", DELETE))));
    await allOk(two, edit(garden(bed(1, "<note>z</note>"))), edit(garden(bed(1, "", DELETE))));
    expect(await two.ask(rpc(edit(garden(bed(2, "", DELETE)))))).toBe(inUse(BED(2)));
    await allOk(one, copy(""));
    await allOk(two, edit(garden(bed(2))));
    expect(await two.ask(rpc("<lock><target><running/></target></lock>"))).toContain("lock-denied");
    await allOk(one, unlock(1));
  });

  test("that is deleted and made again in one change stays locked", async () => {
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await allOk(one, copy(garden(bed(1, "<note>new</note>"))));
    expect(await two.ask(rpc(edit(garden(bed(1, "", DELETE)))))).toBe(inUse(BED(1)));
  });

  test.each<[string, () => Promise<void>]>([
    ["<close-session>", () => allOk(one, "<close-session/>")],
    ["<kill-session>", () => allOk(two, "<kill-session><session-id>1</session-id></kill-session>")],
    ["a lost connection", async () => one.handler.closed()],
  ])("is free after %s", async (_, end) => {
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await end();
    await fixture.settled();
    await allOk(two, edit(note));
    expect(await two.ask(rpc(lock(BED(1))))).toBe(granted(2, BED(1)));
  });

  test("is told of, with its lock (RFC 6022 section 2.1.2)", async () => {
    await one.ask(rpc(lock("//g:bed[g:row < 9]/g:crop | /x:y".replace("/x:y", "/bmp:bmp/bmp:z"), BED(2))));
    vi.setSystemTime(Date.parse(NOW) + 7_250);
    await two.ask(rpc(lock("/bmp:bmp")));
    const state = () =>
      one.ask(rpc(`<get><filter><netconf-state xmlns="${NCM}"><datastores/></netconf-state></filter></get>`));
    const shown = (locks: string) =>
      reply(
        `<data><netconf-state xmlns="${NCM}"><datastores><datastore><name>running</name>${locks}</datastore>` +
          "<datastore><name>candidate</name></datastore><datastore><name>startup</name></datastore></datastores>" +
          "</netconf-state></data>",
      );
    const first = (nodes: string) =>
      `<partial-lock><lock-id>1</lock-id><locked-by-session>1</locked-by-session><locked-time>${NOW}</locked-time>` +
      `<select xmlns:g="${GARDEN}" xmlns:bmp="${BMP}">` +
      "/descendant-or-self::node()/g:bed[g:row&lt;9]/g:crop | /bmp:bmp/bmp:z</select>" +
      `<select xmlns:g="${GARDEN}">${BED(2)}</select>${nodes}</partial-lock>`;
    const locked = (path: string) => `<locked-node${prefixOf(path)}>${path}</locked-node>`;
    const crop = `${BED(1)}/g:crop[.='c']`;
    const second =
      "<partial-lock><lock-id>2</lock-id><locked-by-session>2</locked-by-session>" +
      `<locked-time>2026-11-25T10:00:07.250+00:00</locked-time><select xmlns:bmp="${BMP}">/bmp:bmp</select>` +
      `${locked("/bmp:bmp")}</partial-lock>`;
    expect(await state()).toBe(shown(`<locks>${first(locked(crop) + locked(BED(2)))}${second}</locks>`));
    await allOk(one, edit(garden(bed(2, "", DELETE))));
    expect(await state()).toBe(shown(`<locks>${first(locked(crop))}${second}</locks>`));
    await allOk(one, unlock(1));
    await allOk(two, unlock(2));
    expect(await state()).toBe(shown(""));
  });

  test("an expression with names that the server does not know is told of with names of nowhere", async () => {
    const select = `<select xmlns:x="urn:x" xmlns:g="${GARDEN}">/x:y | /g:garden</select>`;
    await one.ask(rpc(`<partial-lock xmlns="${PL}">${select}</partial-lock>`));
    const filter =
      "<datastores><datastore><locks><partial-lock><select/></partial-lock></locks></datastore></datastores>";
    expect(
      await two.ask(rpc(`<get><filter><netconf-state xmlns="${NCM}">${filter}</netconf-state></filter></get>`)),
    ).toBe(
      reply(
        `<data><netconf-state xmlns="${NCM}"><datastores><datastore><name>running</name><locks><partial-lock>` +
          `<lock-id>1</lock-id><select xmlns:yang="urn:ietf:params:xml:ns:yang:1" xmlns:g="${GARDEN}">` +
          "/yang:y | /g:garden</select></partial-lock></locks></datastore></datastores></netconf-state></data>",
      ),
    );
  });
});

describe("a confirmed commit", () => {
  test("that is undone changes back what has been locked since before it", async () => {
    await allOk(one, edit(garden(bed(1))));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await allOk(one, edit(garden(bed(1, "<note>x</note>")), "candidate"), "<commit><confirmed/></commit>");
    await fixture.advance(601);
    expect(await running(garden(""))).not.toContain("<note>x</note>");
    expect(await two.ask(rpc(edit(garden(bed(1, "", DELETE)))))).toBe(inUse(BED(1)));
  });

  test("cannot be cancelled by another session where that would change a locked node", async () => {
    await allOk(one, edit(garden(bed(1))));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await allOk(
      one,
      edit(garden(bed(1, "<note>x</note>")), "candidate"),
      "<commit><confirmed/><persist>token</persist></commit>",
    );
    const cancel = "<cancel-commit><persist-id>token</persist-id></cancel-commit>";
    expect(await two.ask(rpc(cancel))).toBe(inUse(`${BED(1)}/g:note`));
    await allOk(one, unlock(1));
    await allOk(two, cancel);
    expect(await running(garden(""))).not.toContain("<note>x</note>");
  });

  test("is confirmed with its token by another session, which changes no locked node", async () => {
    await allOk(one, edit(garden(bed(1))));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await allOk(
      one,
      edit(garden(bed(1, "<note>x</note>")), "candidate"),
      "<commit><confirmed/><persist>token</persist></commit>",
    );
    await allOk(two, "<commit><persist-id>token</persist-id></commit>");
    expect(await running(garden(""))).toContain("<note>x</note>");
  });

  test("that ends with its session is undone, and with it go the session's locks", async () => {
    await allOk(one, edit(garden(bed(1))));
    expect(await one.ask(rpc(lock(BED(1))))).toBe(granted(1, BED(1)));
    await allOk(one, edit(garden(bed(1, "", DELETE)), "candidate"), "<commit><confirmed/></commit>");
    await allOk(two, "<kill-session><session-id>1</session-id></kill-session>");
    await allOk(two, edit(garden(bed(1, "<note>x</note>", ' nc:operation="merge"'))));
    expect(fixture.service.partialLocks()).toEqual([]);
  });
});

describe("limits", () => {
  const denied = (message: string) => refused({ tag: "resource-denied", message });

  test("partial locks of a session: a further one is refused until one is released", async () => {
    const { partialLocksPerSession } = datastoreLimits;
    for (let n = 1; n <= partialLocksPerSession; n++) {
      expect(await one.ask(rpc(lock("/g:garden")))).toBe(granted(n, "/g:garden"));
    }
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(
      denied(
        `This session holds ${partialLocksPerSession} partial locks. Release one, or lock all that is needed with one.`,
      ),
    );
    await allOk(one, unlock(3));
    expect(await one.ask(rpc(lock("/g:garden")))).toBe(granted(partialLocksPerSession + 1, "/g:garden"));
  });

  test("nodes of a lock", async () => {
    const { partialLockNodes } = datastoreLimits;
    const crops = Array.from({ length: partialLockNodes }, (_, n) => `<crop>${n}</crop>`).join("");
    await allOk(one, edit(garden(bed(1, crops))));
    const locked = await one.ask(rpc(lock("//g:crop")));
    expect(locked.match(/<locked-node/g)).toHaveLength(partialLockNodes);
    await allOk(one, unlock(1), edit(garden(bed(1, "<crop>one more</crop>"))));
    expect(await one.ask(rpc(lock("//g:crop")))).toBe(
      denied(`The expressions select more than ${partialLockNodes} nodes. Lock what these are in, or fewer at a time.`),
    );
  });

  test("characters of the expressions", async () => {
    const longest = (more: number) => `/g:garden${" ".repeat(netconfLimits.selectCharacters - 18 + more)}`;
    expect(await one.ask(rpc(lock("/g:garden", `${longest(0)}[1]`)))).toBe(
      refused({
        tag: "invalid-value",
        path: atRequest("pl:partial-lock/pl:select"),
        message: `The value of <select> is wrong; use no more than ${netconfLimits.selectCharacters} characters in all.`,
      }),
    );
    expect(await one.ask(rpc(lock("/g:garden", `${longest(-3)}[1]`)))).toBe(granted(1, "/g:garden"));
  });

  test("nodes that an expression looks at", async () => {
    const crops = Array.from({ length: 900 }, (_, n) => `<crop>${n}</crop>`).join("");
    await allOk(one, edit(garden(bed(1, crops))));
    expect(await one.ask(rpc(lock("//g:crop[. = //g:crop[. = //g:crop]]")))).toBe(
      denied(`The expression looks at more than ${yangLimits.xpathNodes} nodes. Name the way to what is to be locked.`),
    );
  });
});
