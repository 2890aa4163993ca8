import { describe, expect, test } from "vitest";
import { type DataNode, type ParsedReply, YangError } from "../src/index.ts";
import { field, NETCONF, ORCHARD, orchard, orchardContext, printed, rpc, tree, valid } from "./orchard.ts";

const { context } = orchardContext("ietf-netconf");
const EVENTS = "urn:ietf:params:xml:ns:netconf:notification:1.0";

const reply = (content: string): string => `<rpc-reply xmlns="${NETCONF}" message-id="101">${content}</rpc-reply>`;
const notification = (content: string): string => `<notification xmlns="${EVENTS}">${content}</notification>`;
const TIME = "<eventTime>2025-01-01T00:00:00Z</eventTime>";

const harvest = context.parseRpc(rpc(`<harvest xmlns="${ORCHARD}"><nickname>Ida</nickname></harvest>`));
const weight = (value: string): string => `<weight xmlns="${ORCHARD}">${value}</weight>`;
const shake = context.parseRpc(
  rpc(`<action xmlns="urn:ietf:params:xml:ns:yang:1">${orchard(tree(1, "<shake><force>9</force></shake>"))}</action>`),
);

describe("a reply", () => {
  test("with ok", () => {
    using parsed = context.parseReply(reply("<ok/>"), harvest.operation);
    expect([parsed.isOk, parsed.rpcErrors, parsed.operation.children()]).toEqual([true, [], []]);
    expect(parsed.envelope.first()?.attributes()).toEqual([{ name: "message-id", value: "101" }]);
  });

  test("with output, which replaces the input in a tree of its own", () => {
    using parsed = context.parseReply(reply(weight("7")), harvest.operation);
    expect(parsed.isOk).toBe(false);
    expect(parsed.operation.children().map((node) => [node.path, node.value])).toEqual([
      ["/orchard:harvest/weight", "7"],
    ]);
    expect(harvest.operation.children().map((node) => node.name)).toEqual(["nickname"]);
  });

  test("to an action, within the data it belongs to", () => {
    using parsed = context.parseReply(reply(`<fallen xmlns="${ORCHARD}">3</fallen>`), shake.operation);
    expect(parsed.operation.firstChild?.path).toBe("/orchard:orchard/tree[field='north'][number='1']/shake/fallen");
    expect(parsed.operationTree.print()).toBe(printed(tree(1, "<shake><fallen>3</fallen></shake>")));
  });

  test("to an operation made by path, as a client would", () => {
    using request = context.emptyTree();
    const operation = request.setPath("/ietf-netconf:get");
    using parsed = context.parseReply(reply(`<data>${orchard("<open>false</open>")}</data>`), operation);
    const [data] = parsed.operation.children();
    expect([data?.name, data?.anyChildren().map((node) => node.print())]).toEqual([
      "data",
      [printed("<open>false</open>")],
    ]);
  });

  test("with errors, as they are", () => {
    const error = "<rpc-error><error-type>protocol</error-type><error-tag>lock-denied</error-tag></rpc-error>";
    using parsed = context.parseReply(reply(error + error), harvest.operation);
    expect(parsed.isOk).toBe(false);
    const children = (node: DataNode) => node.children().map((child) => [child.name, child.value]);
    expect(parsed.rpcErrors.map(children)).toEqual([
      [
        ["error-type", "protocol"],
        ["error-tag", "lock-denied"],
      ],
      [
        ["error-type", "protocol"],
        ["error-tag", "lock-denied"],
      ],
    ]);
    expect(parsed.operation.children()).toEqual([]);
  });

  test.each([
    ["no reply", "<hello/>"],
    ["in the wrong namespace", '<rpc-reply xmlns="urn:x"><ok/></rpc-reply>'],
    ["empty", reply("")],
    ["ok and more", reply(`<ok/>${weight("1")}`)],
    ["ok with content", reply("<ok>x</ok>")],
    ["errors and data", reply(`<rpc-error/>${weight("1")}`)],
    ["text", reply("7")],
    ["not XML", "<rpc-reply"],
  ])("is refused: %s", (_, xml) => {
    expect(() => context.parseReply(xml, harvest.operation)).toThrow(YangError);
  });

  test("is refused for what is no operation, and with NUL", () => {
    using data = context.parseData(orchard(""));
    const [top] = data.roots();
    if (top === undefined) throw new Error("empty");
    expect(() => context.parseReply(reply("<ok/>"), top)).toThrow(TypeError);
    expect(() => context.parseReply("<rpc-reply/>\0", harvest.operation)).toThrow(RangeError);
    expect(() => orchardContext().context.parseReply(reply("<ok/>"), harvest.operation)).toThrow(/different contexts/);
  });

  test("is validated: types, mandatory output, must, what it refers to", () => {
    const mine = orchardContext("ietf-netconf").context;
    mine.parseModule(`module out { yang-version 1.1; namespace urn:out; prefix u; import orchard { prefix o; }
      rpc count { output { leaf field { type leafref { path "/o:orchard/o:field/o:name"; } }
        leaf trees { type uint8; mandatory true; must ". > 0"; } leaf unit { type string; default "trees"; } } } }`);
    using request = mine.emptyTree();
    const count = request.setPath("/out:count");
    const answer = (content: string): ParsedReply => mine.parseReply(reply(content), count);
    const x = (name: string, value: string): string => `<${name} xmlns="urn:out">${value}</${name}>`;
    using datastore = valid(mine, orchard(field("north")));
    const before = datastore.print({ withDefaults: "report-all" });

    using good = answer(x("field", "north") + x("trees", "4"));
    mine.validateReply(good, datastore);
    expect(good.operation.children().map((node) => [node.name, node.value, node.isDefault])).toEqual([
      ["field", "north", false],
      ["trees", "4", false],
      ["unit", "trees", true],
    ]);
    for (const [content, complaint] of [
      [x("trees", "0"), /Must condition/],
      [x("field", "north"), /Mandatory node "trees"/],
      [x("field", "south") + x("trees", "4"), /leafref/],
      [x("trees", "many"), /"many"/],
      [x("goats", "4") + x("trees", "4"), /goats/],
    ] as const) {
      using bad = answer(content);
      expect(() => mine.validateReply(bad, datastore)).toThrow(complaint);
    }
    expect(datastore.print({ withDefaults: "report-all" })).toBe(before);
  });
});

describe("a notification", () => {
  const frost = `<frost xmlns="${ORCHARD}"><degrees>-4</degrees></frost>`;

  test("has an envelope, a time and content", () => {
    using parsed = context.parseNotification(notification(TIME + frost));
    expect(parsed.eventTime).toBe("2025-01-01T00:00:00Z");
    expect(parsed.envelope.first()?.name).toBe("notification");
    expect([parsed.notification.kind, parsed.notification.path]).toEqual(["notification", "/orchard:frost"]);
    expect(parsed.notification.firstChild?.value).toBe("-4");
    expect(parsed.notificationTree.print()).toBe(frost);
  });

  test("may be inside data, and may have its time last (RFC 7950 7.16.2)", () => {
    const inside = printed(tree(1, "<fell><reason>storm</reason></fell>"));
    using parsed = context.parseNotification(notification(inside + TIME));
    expect(parsed.notification.path).toBe("/orchard:orchard/tree[field='north'][number='1']/fell");
    expect(parsed.notificationTree.print()).toBe(inside);
    expect(parsed.eventTime).toBe("2025-01-01T00:00:00Z");
  });

  test("may have prefixes", () => {
    const xml = `<n:notification xmlns:n="${EVENTS}"><n:eventTime>2025-01-01T00:00:00Z</n:eventTime>${frost}</n:notification>`;
    using parsed = context.parseNotification(xml);
    expect([parsed.eventTime, parsed.notification.name]).toEqual(["2025-01-01T00:00:00Z", "frost"]);
  });

  test.each([
    ["no notification", "<hello/>"],
    ["in the wrong namespace", `<notification xmlns="urn:x">${TIME}${frost}</notification>`],
    ["without time", notification(frost)],
    ["with two times", notification(TIME + frost + TIME)],
    ["with a time that is none", notification(`<eventTime>noon</eventTime>${frost}`)],
    ["with an attribute of the time", notification(`<eventTime zone="x">2025-01-01T00:00:00Z</eventTime>${frost}`)],
    ["with elements in the time", notification(`<eventTime><x/></eventTime>${frost}`)],
    [
      "with a time of another namespace",
      notification(`<eventTime xmlns="urn:x">2025-01-01T00:00:00Z</eventTime>${frost}`),
    ],
    ["with a time only", notification(TIME)],
    ["empty", notification("")],
    ["of two", notification(TIME + frost + frost)],
    ["unknown", notification(`${TIME}<thaw xmlns="${ORCHARD}"/>`)],
    ["of data", notification(TIME + orchard("<open>true</open>"))],
    ["with a bad value", notification(`${TIME}<frost xmlns="${ORCHARD}"><degrees>cold</degrees></frost>`)],
    ["not XML", "<notification"],
  ])("is refused: %s", (_, xml) => {
    expect(() => context.parseNotification(xml)).toThrow(YangError);
  });

  test("is validated against a datastore", () => {
    const mine = orchardContext().context;
    mine.parseModule(`module news { yang-version 1.1; namespace urn:news; prefix n; import orchard { prefix o; }
      notification grown { must "/o:orchard/o:open = 'true'"; leaf tree { mandatory true;
        type leafref { path "/o:orchard/o:tree/o:nickname"; } } } }`);
    using datastore = valid(mine, orchard(`${field("north")}${tree(1, "<nickname>Ida</nickname><height>1</height>")}`));
    const grown = (content: string) =>
      mine.parseNotification(notification(`${TIME}<grown xmlns="urn:news">${content}</grown>`));
    using good = grown("<tree>Ida</tree>");
    mine.validateNotification(good, datastore);
    using unknown = grown("<tree>Ada</tree>");
    expect(() => mine.validateNotification(unknown, datastore)).toThrow(/Ada/);
    using incomplete = grown("");
    expect(() => mine.validateNotification(incomplete, datastore)).toThrow(/Mandatory node "tree"/);
    expect(() => mine.validateNotification(good)).toThrow(YangError);
    mine.validateNotification(good, datastore);
  });
});

test("text in an action element is refused, not freed twice", () => {
  const xml = rpc('<action xmlns="urn:ietf:params:xml:ns:yang:1">text</action>');
  for (let round = 0; round < 50; round++) expect(() => context.parseRpc(xml)).toThrow(/Unexpected value/);
  using after = context.parseRpc(rpc("<close-session/>"));
  expect(after.operation.name).toBe("close-session");
});
