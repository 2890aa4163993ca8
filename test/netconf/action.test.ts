import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { resourceDenied } from "../../src/errors/constructors.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { actionPaths } from "../../src/plane/unit-paths.ts";
import { configText } from "../datastore/config-text.ts";
import { bmp, edit, session } from "../datastore/engine-fixture.ts";
import { one, ServiceFixture } from "../datastore/service-fixture.ts";
import { FakeChannel } from "./fake-channel.ts";
import { BASE, Client, clientHello, noUrls, OK, reply, rpc } from "./harness.ts";

const EVENTS = "urn:bmpconfd:yang:events";
const BMP = "urn:bmpconfd:yang:bmp";
const FARM = "urn:test:farm";
const ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm";
const YANG_1 = "urn:ietf:params:xml:ns:yang:1";
const RESET_SERVER = "/farm:server/reset";

let fixture: ServiceFixture;
let access: AccessControl;
let server: NetconfServer;
let client: Client;

beforeAll(async () => {
  const farm = fileURLToPath(new URL("../yang/modules/farm.yang", import.meta.url));
  fixture = await ServiceFixture.start([farm], [RESET_SERVER, "/farm:server/power/off", "/farm:server/slot/eject"]);
  const farmData =
    `<server xmlns="${FARM}"><name>apache-1</name><power/><slot><row>1</row><column>2</column></slot></server>` +
    `<server xmlns="${FARM}"><name>b</name></server>`;
  const nacm =
    `<nacm xmlns="${ACM}" xmlns:bmp="${BMP}" xmlns:f="${FARM}">` +
    ruleList(
      "staff",
      rule("own", "/f:server[f:name='b']/f:reset", "exec", "permit"),
      rule("no-farm", "/f:server", "exec", "deny"),
      rule("hidden", "/f:server/f:slot", "read", "deny"),
      rule("unknown", "/f:server[f:name='c']", "read", "deny"),
    ) +
    ruleList("guards", rule("look", "/f:server/f:vault", "read", "permit")) +
    ruleList("oncall", rule("reset", "/bmp:bmp/bmp:bmp-session/bmp:reset", "exec", "permit")) +
    ruleList("night", rule("quiet", "/bmp:bmp/bmp:bmp-session/bmp:reset", "exec", "deny")) +
    "</nacm>";
  await fixture.service.edit(one, {
    ...edit(bmp(session("2001:db8::1", "", "", "noc")) + farmData + nacm),
    target: "running",
  });
});
const ruleList = (group: string, ...rules: string[]) =>
  `<rule-list><name>${group}</name><group>${group}</group>${rules.join("")}</rule-list>`;
const rule = (name: string, path: string, operations: string, action: string) =>
  `<rule><name>${name}</name><path>${path}</path><access-operations>${operations}</access-operations>` +
  `<action>${action}</action></rule>`;
afterAll(() => fixture.stop());
beforeEach(async () => {
  access = new AccessControl();
  server = new NetconfServer({
    datastores: fixture.service,
    urls: noUrls,
    access,
    events: new EventStream(),
    log: () => {},
  });
  client = await connect();
  fixture.performer.calls.length = 0;
  fixture.performer.leaves = {};
  fixture.performer.refusal = undefined;
});
afterEach(() => server.stop());

async function connect(username = "root", group = "admin"): Promise<Client> {
  const channel = new FakeChannel(username, group);
  const other = new Client(channel, server.accept(channel));
  await other.send(clientHello("1.1"));
  other.takeSent();
  return other;
}

const action = (content: string) => `<action xmlns="${YANG_1}">${content}</action>`;
const invoke = (content: string, as = client) => as.ask(rpc(action(content)));
const farm = (content: string, name = "<name>apache-1</name>") => `<server xmlns="${FARM}">${name}${content}</server>`;
const reset = (more = "") => `<reset><reset-at>2014-07-29T13:42:00Z</reset-at>${more}</reset>`;
const KEYS = "<vpn-instance>_public_</vpn-instance><address>2001:DB8::1</address><alias>noc</alias>";
const bmpSession = (content: string, keys = KEYS) => bmp(`<bmp-session>${keys}${content}</bmp-session>`);

const refused = (type: string, tag: string, path: string, message: string, more: { appTag?: string; info?: string }) =>
  reply(
    `<rpc-error><error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      (more.appTag === undefined ? "" : `<error-app-tag>${more.appTag}</error-app-tag>`) +
      `${path}<error-message xml:lang="en">${message}</error-message>` +
      (more.info === undefined ? "" : `<error-info>${more.info}</error-info>`) +
      "</rpc-error>",
  );
const at = (namespaces: Record<string, string>, text: string) =>
  `<error-path${Object.entries(namespaces)
    .map(([prefix, namespace]) => ` xmlns:${prefix}="${namespace}"`)
    .join("")}>${text}</error-path>`;
const inAction = at({ nc: BASE, yang: YANG_1 }, "/nc:rpc/yang:action");
const inFarm = (path = "") => at({ f: FARM }, `/f:server[f:name='apache-1']${path}`);
const SESSION = "/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='2001:db8::1'][bmp:alias='noc']";
const bad = (name: string) => `<bad-element>${name}</bad-element>`;

describe("an action is carried out on the instance that it is in (RFC 7950 section 7.15.2)", () => {
  test("as in the example of section 7.15.3: its output is in the reply", async () => {
    fixture.performer.leaves = { "reset-finished-at": "2014-07-29T13:42:12Z" };
    expect(await invoke(farm(reset()))).toBe(
      reply(`<reset-finished-at xmlns="${FARM}">2014-07-29T13:42:12Z</reset-finished-at>`),
    );
    expect(fixture.performer.calls).toEqual([
      { path: RESET_SERVER, keys: ["apache-1"], input: { "reset-at": "2014-07-29T13:42:00+00:00", hard: "false" } },
    ]);
  });

  test("without output the reply is <ok/>; values may come in any form", async () => {
    expect(await invoke(bmpSession("<reset/>"))).toBe(OK);
    expect(fixture.performer.calls).toEqual([
      { path: actionPaths.resetBmpSession, keys: ["_public_", "2001:db8::1", "noc"], input: {} },
    ]);
  });

  test("under a prefix, with the namespaces declared around it", async () => {
    fixture.performer.leaves = { "reset-finished-at": "x&y" };
    expect(
      await client.ask(
        `<n:rpc xmlns:n="${BASE}" xmlns:y="${YANG_1}" xmlns:f="${FARM}" message-id="1"><y:action><f:server>` +
          "<f:name>b</f:name><f:reset><f:reset-at>2014-07-29T13:42:00Z</f:reset-at></f:reset></f:server></y:action></n:rpc>",
      ),
    ).toBe(
      `<n:rpc-reply xmlns:n="${BASE}" xmlns:y="${YANG_1}" xmlns:f="${FARM}" message-id="1">` +
        `<reset-finished-at xmlns="${FARM}">x&amp;y</reset-finished-at></n:rpc-reply>`,
    );
  });

  test.each([
    ["in a container of the entry", farm("<power><off/></power>"), ["apache-1"]],
    ["in an entry of the entry", farm("<slot><row>+1</row><eject/><column>02</column></slot>"), ["apache-1", "1", "2"]],
  ])("%s", async (_, content, keys) => {
    expect(await invoke(content)).toBe(OK);
    expect(fixture.performer.calls.map((call) => call.keys)).toEqual([keys]);
  });

  test("input is validated against running, and completed with defaults", async () => {
    expect(
      await invoke(farm(reset("<hard>true</hard><reason>fire</reason><successor>b</successor><disk>1</disk>"))),
    ).toBe(OK);
    expect(fixture.performer.calls[0]?.input).toEqual({
      "reset-at": "2014-07-29T13:42:00+00:00",
      hard: "true",
      reason: "fire",
      successor: "b",
      disk: ["1"],
    });
  });
});

describe("what is refused changes nothing", () => {
  test.each<[string, string, string]>([
    [
      "nothing in it",
      "",
      refused(
        "protocol",
        "missing-element",
        inAction,
        "&lt;action&gt; is empty; put the data nodes that the action is in into it.",
        { info: bad("action") },
      ),
    ],
    [
      "text in it",
      "reset",
      refused(
        "protocol",
        "bad-element",
        inAction,
        "&lt;action&gt; has text where only elements belong; leave it out.",
        { info: bad("action") },
      ),
    ],
    [
      "two actions, in two entries (RFC 7950 section 7.15.2: bad-element)",
      farm(reset()) + farm(reset(), "<name>b</name>"),
      refused(
        "protocol",
        "bad-element",
        inAction,
        "&lt;action&gt; has more than one element; one action is invoked at a time, send each in its own &lt;rpc&gt;.",
        { info: bad("server") },
      ),
    ],
    [
      "two actions, in one entry",
      farm(`${reset()}<power><off/></power>`),
      refused(
        "application",
        "bad-element",
        inFarm("/f:power/f:off"),
        "&lt;action&gt; has more than one action in it; send each in an &lt;rpc&gt; of its own.",
        { info: bad("off") },
      ),
    ],
    [
      "the same action twice",
      farm(reset() + reset()),
      refused(
        "application",
        "bad-element",
        inFarm("/f:reset"),
        "&lt;action&gt; has more than one action in it; send each in an &lt;rpc&gt; of its own.",
        { info: bad("reset") },
      ),
    ],
    [
      "no action",
      farm(""),
      refused(
        "application",
        "missing-element",
        inAction,
        "&lt;action&gt; has no action in it; put it, with its input, into its container or list entry.",
        { info: bad("action") },
      ),
    ],
    [
      "a missing key",
      farm(reset(), ""),
      refused(
        "application",
        "missing-element",
        at({ f: FARM }, "/f:server"),
        'List instance is missing its key "name".',
        { info: bad("name") },
      ),
    ],
    [
      "one missing key of three",
      bmpSession("<reset/>", "<vpn-instance>_public_</vpn-instance><address>2001:db8::1</address>"),
      refused(
        "application",
        "missing-element",
        at({ bmp: BMP }, "/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='2001:db8::1']"),
        'List instance is missing its key "alias".',
        { info: bad("alias") },
      ),
    ],
    [
      "a key twice",
      farm(reset(), "<name>b</name><name>apache-1</name>"),
      refused(
        "application",
        "bad-element",
        at({ f: FARM }, "/f:server[f:name='b'][f:name='apache-1']"),
        'Duplicate instance of "name".',
        { info: bad("name") },
      ),
    ],
    [
      "a key of another type",
      farm("<slot><row>x</row><column>2</column><eject/></slot>"),
      refused("application", "invalid-value", inFarm("/f:slot/f:row"), 'Invalid type uint8 value "x".', {}),
    ],
    [
      "another leaf of the entry",
      farm(`<port>1</port>${reset()}`),
      refused(
        "application",
        "unknown-element",
        inFarm("/f:port"),
        "&lt;port&gt; does not lead to the action; leave it out. An entry has its keys there, and nothing else.",
        { info: bad("port") },
      ),
    ],
    [
      "another container of the entry",
      farm(`<power/>${reset()}`),
      refused(
        "application",
        "unknown-element",
        inFarm("/f:power"),
        "&lt;power&gt; does not lead to the action; leave it out. An entry has its keys there, and nothing else.",
        { info: bad("power") },
      ),
    ],
    [
      "keys out of their order (RFC 7950 section 7.8.5)",
      farm("<slot><column>2</column><row>1</row><eject/></slot>"),
      refused(
        "application",
        "bad-element",
        inFarm("/f:slot[f:column='2']/f:row"),
        "&lt;row&gt; is out of its place: keys come in the order of the YANG module's key statement.",
        { info: bad("row") },
      ),
    ],
    [
      "text beside the action",
      farm(`now ${reset()}`),
      refused(
        "protocol",
        "bad-element",
        inAction,
        "&lt;server&gt; has text where only elements belong; leave it out.",
        {
          info: bad("server"),
        },
      ),
    ],
    [
      "text in place of the action",
      `<server xmlns="${FARM}">reset</server>`,
      refused(
        "application",
        "bad-element",
        inAction,
        "&lt;server&gt; has text where only elements belong; leave it out.",
        { info: bad("server") },
      ),
    ],
    [
      "an unknown node",
      farm("<explode/>"),
      refused("application", "unknown-element", inFarm(), 'Node "explode" not found as a child of "server" node.', {
        info: bad("explode"),
      }),
    ],
    [
      "an unknown node at the top",
      `<barn xmlns="${FARM}"/>`,
      refused("application", "unknown-element", inAction, 'Node "barn" not found in the "farm" module.', {
        info: bad("barn"),
      }),
    ],
    [
      "a node of a module that the server does not have",
      farm('<reset xmlns="urn:none"/>'),
      refused(
        "protocol",
        "unknown-namespace",
        inAction,
        '&lt;reset&gt; is in namespace "urn:none", which this server does not know; put it into that of its YANG module.',
        { info: `${bad("reset")}<bad-namespace>urn:none</bad-namespace>` },
      ),
    ],
    [
      "a node in no namespace",
      `<server xmlns=""><name>b</name></server>`,
      refused(
        "protocol",
        "unknown-namespace",
        inAction,
        "&lt;server&gt; is in no namespace; put it into that of its YANG module.",
        { info: `${bad("server")}<bad-namespace></bad-namespace>` },
      ),
    ],
    [
      "an attribute",
      `<server xmlns="${FARM}" xmlns:nc="${BASE}" nc:operation="create"><name>apache-1</name>${reset()}</server>`,
      refused("protocol", "unknown-attribute", inAction, '&lt;server&gt; has no attribute "operation"; leave it out.', {
        info: `<bad-attribute>operation</bad-attribute>${bad("server")}`,
      }),
    ],
    [
      "an rpc",
      `<sow xmlns="${FARM}"/>`,
      refused("application", "unknown-element", inAction, "&lt;sow&gt; is no action but an rpc.", { info: bad("sow") }),
    ],
    [
      "a notification",
      `<events-suppressed xmlns="${EVENTS}"/>`,
      refused(
        "application",
        "unknown-element",
        inAction,
        "&lt;events-suppressed&gt; is no action but a notification.",
        {
          info: bad("events-suppressed"),
        },
      ),
    ],
    [
      "a notification in an entry",
      bmpSession(`<session-up xmlns="${EVENTS}"/>`),
      refused(
        "application",
        "unknown-element",
        at({ bmp: BMP, ev: EVENTS }, `${SESSION}/ev:session-up`),
        "&lt;session-up&gt; is no action but a notification.",
        { info: bad("session-up") },
      ),
    ],
    [
      "an entry that is not there",
      farm(reset(), "<name>c</name>"),
      refused(
        "application",
        "data-missing",
        at({ f: FARM }, "/f:server[f:name='c']"),
        "There is no /f:server[f:name='c'] in running; an action needs it.",
        {},
      ),
    ],
    [
      "a presence container that is not there",
      farm("<power><off/></power>", "<name>b</name>"),
      refused(
        "application",
        "data-missing",
        at({ f: FARM }, "/f:server[f:name='b']/f:power"),
        "There is no /f:server[f:name='b']/f:power in running; an action needs it.",
        {},
      ),
    ],
    [
      "no mandatory input",
      farm("<reset/>"),
      refused(
        "application",
        "missing-element",
        inFarm("/f:reset"),
        'Mandatory node "reset-at" instance does not exist.',
        { info: bad("reset-at") },
      ),
    ],
    [
      "input of another type",
      bmpSession(`<reset><reason>${"x".repeat(64)}</reason></reset>`),
      refused(
        "application",
        "invalid-value",
        at({ bmp: BMP }, `${SESSION}/bmp:reset/bmp:reason`),
        "A reason has 1 to 63 characters.",
        {},
      ),
    ],
    [
      "input that there is not",
      bmpSession("<reset><force/></reset>"),
      refused(
        "application",
        "unknown-element",
        at({ bmp: BMP }, `${SESSION}/bmp:reset`),
        'Node "force" not found as a child of "reset" node.',
        { info: bad("force") },
      ),
    ],
    [
      "output as input",
      bmpSession("<reset><reset-at>2014-07-29T13:42:00Z</reset-at></reset>"),
      refused(
        "application",
        "unknown-element",
        at({ bmp: BMP }, `${SESSION}/bmp:reset`),
        'Node "reset-at" not found as a child of "reset" node.',
        { info: bad("reset-at") },
      ),
    ],
    [
      "input twice",
      farm(reset("<hard>true</hard><hard>true</hard>")),
      refused("application", "bad-element", inFarm("/f:reset/f:hard"), 'Duplicate instance of "hard".', {
        info: bad("hard"),
      }),
    ],
    [
      "input whose when is false",
      farm(reset("<reason>fire</reason>")),
      refused(
        "application",
        "unknown-element",
        inFarm("/f:reset/f:reason"),
        "When condition \"../hard = 'true'\" not satisfied.",
        {},
      ),
    ],
    [
      "input whose must is false, by what the action is in",
      farm(reset("<successor>apache-1</successor>")),
      refused("application", "operation-failed", inFarm("/f:reset/f:successor"), "A server cannot succeed itself.", {
        appTag: "must-violation",
      }),
    ],
    [
      "input that refers to what running does not hold",
      farm(reset("<successor>c</successor>")),
      refused(
        "application",
        "data-missing",
        inFarm("/f:reset/f:successor"),
        "'c' is referred to but does not exist (/server/name). Create it, or keep it until nothing refers to it.",
        { appTag: "instance-required" },
      ),
    ],
    [
      "too many entries of input",
      farm(reset("<disk>1</disk><disk>2</disk><disk>3</disk>")),
      refused("application", "operation-failed", inFarm("/f:reset/f:disk"), 'Too many "disk" instances.', {
        appTag: "too-many-elements",
      }),
    ],
    [
      "an action of a module that is served as data only",
      farm("<load><clear/></load>", "<name>c</name>"),
      refused(
        "protocol",
        "operation-not-supported",
        at({ f: FARM }, "/f:server[f:name='c']/f:load/f:clear"),
        "Nobody carries out the action /f:server[f:name='c']/f:load/f:clear on this server: its module is served as " +
          "data only.",
        {},
      ),
    ],
    [
      "an action that such a module has put into an entry of ours",
      bmpSession(`<ping xmlns="${FARM}"/>`),
      refused(
        "protocol",
        "operation-not-supported",
        at({ bmp: BMP, f: FARM }, `${SESSION}/f:ping`),
        `Nobody carries out the action ${SESSION}/f:ping on this server: its module is served as data only.`,
        {},
      ),
    ],
  ])("%s", async (_, content, answer) => {
    const before = await configText(fixture.service.getConfig(one, "running"));
    expect(await invoke(content)).toBe(answer);
    expect(fixture.performer.calls).toEqual([]);
    // Input is validated with the action put into running, for that long.
    expect(await configText(fixture.service.getConfig(one, "running"))).toBe(before);
  });

  test("one that is larger than a parameter may be, and XML that is none", async () => {
    const large = await invoke(farm(reset(`<reason>${"x".repeat(65_536)}</reason>`)));
    expect(large).toContain("<error-tag>too-big</error-tag>");
    expect(await invoke(farm(`<reset>${"<a>".repeat(65)}${"</a>".repeat(65)}</reset>`))).toContain(
      "<error-tag>too-big</error-tag>",
    );
    for (const broken of ["<reset></rest>", "<reset>\0</reset>", "<reset>&#0;</reset>", "<reset>&reset;</reset>"]) {
      expect(await invoke(farm(broken))).toContain("<error-tag>malformed-message</error-tag>");
    }
    expect(await client.ask(rpc(`<action xmlns="${YANG_1}" now="1">${farm(reset())}</action>`))).toContain(
      "<error-tag>unknown-attribute</error-tag>",
    );
    expect(fixture.performer.calls).toEqual([]);
  });

  test("by whoever carries it out: the error says on what", async () => {
    fixture.performer.refusal = resourceDenied("Not now.", { type: "application", appTag: "too-soon" });
    expect(await invoke(bmpSession("<reset/>"))).toBe(
      refused("application", "resource-denied", at({ bmp: BMP }, `${SESSION}/bmp:reset`), "Not now.", {
        appTag: "too-soon",
      }),
    );
  });
});

describe("other operations", () => {
  const OPERATIONS =
    "&lt;get&gt;, &lt;get-config&gt;, &lt;edit-config&gt;, &lt;copy-config&gt;, &lt;delete-config&gt;, " +
    "&lt;validate&gt;, &lt;commit&gt;, &lt;cancel-commit&gt;, &lt;discard-changes&gt;, &lt;load-commit&gt;, " +
    "&lt;lock&gt;, &lt;unlock&gt;, &lt;partial-lock&gt;, &lt;partial-unlock&gt;, &lt;close-session&gt;, &lt;kill-session&gt;, &lt;get-schema&gt;, " +
    "&lt;create-subscription&gt;, &lt;action&gt;";

  test.each([
    ["an rpc of a module that is served as data only", `<sow xmlns="${FARM}"/>`, "sow"],
    ["an rpc that its module does not have", `<reap xmlns="${FARM}"/>`, "reap"],
    ["another one in the namespace of <action>", `<reaction xmlns="${YANG_1}"/>`, "reaction"],
  ])("%s is operation-not-supported", async (_, operation, name) => {
    expect(await client.ask(rpc(operation))).toBe(
      refused(
        "protocol",
        "operation-not-supported",
        "",
        `This server has no operation &lt;${name}&gt;; it has ${OPERATIONS}.`,
        {},
      ),
    );
  });

  test("an action in NETCONF's namespace is told where it belongs", async () => {
    expect(await client.ask(rpc("<action/>"))).toBe(
      refused(
        "protocol",
        "operation-not-supported",
        "",
        `&lt;action&gt; is not an operation of namespace "${BASE}"; put it into "${YANG_1}".`,
        {},
      ),
    );
  });
});

describe("access control (RFC 8341 section 3.1.3)", () => {
  const denied = (what: string, reason: string, path: string) =>
    refused("application", "access-denied", path, `User "ann" may not ${what}: ${reason}.`, {});
  const SERVER = "/f:server[f:name='b']";
  const BMP_RESET = `${SESSION}/bmp:reset`;
  const slot = farm("<slot><row>1</row><column>2</column><eject/></slot>");

  test.each<[string, string, string, string]>([
    ["admin", "anything", bmpSession("<reset/>"), OK],
    [
      "monitor",
      "nothing",
      bmpSession("<reset/>"),
      denied(`execute ${BMP_RESET}`, 'rule "built-in monitor/nothing-else" denies it', at({ bmp: BMP }, BMP_RESET)),
    ],
    ["others", "what exec-default permits", bmpSession("<reset/>"), OK],
    ["oncall", "what a rule about the action permits", bmpSession("<reset/>"), OK],
    [
      "night",
      "nothing that a rule about the action denies",
      bmpSession("<reset/>"),
      denied(`execute ${BMP_RESET}`, 'rule "night/quiet" denies it', at({ bmp: BMP }, BMP_RESET)),
    ],
    ["staff", "what a rule about the action in one entry permits", farm(reset(), "<name>b</name>"), OK],
    [
      "staff",
      "not the same in another entry, by a rule about what it is in",
      farm(reset()),
      denied("execute /f:server[f:name='apache-1']/f:reset", 'rule "staff/no-farm" denies it', inFarm("/f:reset")),
    ],
    [
      "staff",
      "nothing in what may not be read",
      slot,
      denied(
        "read /f:server[f:name='apache-1']/f:slot[f:row='1'][f:column='2']",
        'rule "staff/hidden" denies it',
        inFarm("/f:slot[f:row='1'][f:column='2']"),
      ),
    ],
    [
      "staff",
      "no sign of whether it is there",
      farm(reset(), "<name>c</name>"),
      denied("read /f:server[f:name='c']", 'rule "staff/unknown" denies it', at({ f: FARM }, "/f:server[f:name='c']")),
    ],
    [
      "others",
      "nothing in what the module marks as default-deny-all",
      farm("<vault><open/></vault>", "<name>b</name>"),
      denied(
        `read ${SERVER}/f:vault`,
        "no rule is about it, and the YANG module marks it as default-deny-all",
        at({ f: FARM }, `${SERVER}/f:vault`),
      ),
    ],
    [
      "others",
      "nor an action that is marked so itself",
      farm("<wipe/>", "<name>b</name>"),
      denied(
        `execute ${SERVER}/f:wipe`,
        "no rule is about it, and the YANG module marks it as default-deny-all",
        at({ f: FARM }, `${SERVER}/f:wipe`),
      ),
    ],
    [
      "guards",
      "nor execute it, where they may read it",
      farm("<vault><open/></vault>", "<name>b</name>"),
      denied(
        `execute ${SERVER}/f:vault/f:open`,
        "no rule is about it, and the YANG module marks it as default-deny-all",
        at({ f: FARM }, `${SERVER}/f:vault/f:open`),
      ),
    ],
  ])("users of group %s may invoke %s", async (group, _, content, answer) => {
    expect(await invoke(content, await connect("ann", group))).toBe(answer);
    expect(fixture.performer.calls).toHaveLength(answer === OK ? 1 : 0);
  });

  test("no rule about an rpc is about <action>; what is denied counts as an operation", async () => {
    access.adopt([
      {
        path: nacmPaths.nacm,
        keys: [],
        after: { "exec-default": "deny", "rule-list": [] },
      },
    ]);
    const ann = await connect("ann", "oncall");
    expect(await invoke(bmpSession("<reset/>"), ann)).toBe(OK);
    const eve = await connect("eve", "night");
    await invoke(bmpSession("<reset/>"), eve);
    await invoke(slot, await connect("eve", "staff"));
    expect(await access.state()).toEqual([
      '{"ietf-netconf-acm:nacm":{"denied-operations":2,"denied-data-writes":0,"denied-notifications":0}}',
    ]);
  });
});
