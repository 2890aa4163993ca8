import { describe, expect, test } from "vitest";
import { type DataNode, type ParsedRpc, YangError } from "../src/index.ts";
import { editConfig, field, NETCONF, ORCHARD, orchard, orchardContext, rpc, tree, valid } from "./orchard.ts";

const { context } = orchardContext(
  "ietf-netconf",
  "ietf-netconf-with-defaults",
  "ietf-netconf-monitoring",
  "notifications",
);

/** The top nodes of an edit-config's content. */
function configOf(parsed: ParsedRpc): DataNode[] {
  return (
    parsed.operation
      .children()
      .find((node) => node.name === "config")
      ?.anyChildren() ?? []
  );
}

/** All opaque nodes of an edit-config, with what is wrong with them. */
function faults(content: string): (string | undefined)[][] {
  using parsed = context.parseRpc(editConfig(orchard(content)));
  const found: (string | undefined)[][] = [];
  const visit = (nodes: DataNode[]): void => {
    for (const node of nodes) {
      const error = node.opaqueError();
      if (node.kind === "opaque") found.push([node.name, error?.validationCode, error?.dataPath, error?.appTag]);
      visit(node.children());
    }
  };
  visit(configOf(parsed));
  return found;
}

describe("an rpc", () => {
  test("has an envelope with its attributes", () => {
    const xml = `<rpc xmlns="${NETCONF}" message-id="101" xmlns:ex="urn:x" ex:user="joe"><close-session/></rpc>`;
    using parsed = context.parseRpc(xml);
    const envelope = parsed.envelope.first();
    expect([envelope?.name, envelope?.kind, envelope?.namespace]).toEqual(["rpc", "opaque", NETCONF]);
    expect(envelope?.attributes()).toEqual([
      { name: "message-id", value: "101" },
      { namespace: "urn:x", name: "user", value: "joe" },
    ]);
  });

  test("has an operation with its input", () => {
    using parsed = context.parseRpc(editConfig(orchard("<open>false</open>")));
    const { operation } = parsed;
    expect([operation.name, operation.kind, operation.moduleName]).toEqual(["edit-config", "rpc", "ietf-netconf"]);
    expect(operation.children().map((node) => node.name)).toEqual(["target", "config"]);
    expect(operation.findPath("target/running")?.path).toBe("/ietf-netconf:edit-config/target/running");
    expect(configOf(parsed).map((node) => [node.name, node.kind, node.namespace])).toEqual([
      ["orchard", "container", ORCHARD],
    ]);
  });

  test("may be an action, within the data it belongs to", () => {
    const shake = `<shake><force>9</force></shake>`;
    using parsed = context.parseRpc(
      rpc(`<action xmlns="urn:ietf:params:xml:ns:yang:1">${orchard(tree(1, shake))}</action>`),
    );
    expect([parsed.operation.kind, parsed.operation.path]).toEqual([
      "action",
      "/orchard:orchard/tree[field='north'][number='1']/shake",
    ]);
    expect(parsed.operationTree.first()?.name).toBe("orchard");
  });

  test.each([
    ["unknown operation", rpc('<dance xmlns="urn:none"/>')],
    ["unknown operation in NETCONF's namespace", rpc("<dance/>")],
    ["bad value in the input", rpc("<kill-session><session-id>0</session-id></kill-session>")],
    ["bad operation attribute", editConfig(`<orchard xmlns="${ORCHARD}" xmlns:nc="${NETCONF}" nc:operation="bogus"/>`)],
    ["not an rpc", "<hello/>"],
    ["not XML", "]]>]]>"],
  ])("is refused: %s", (_, xml) => {
    expect(() => context.parseRpc(xml)).toThrow(YangError);
  });

  test("is validated against a datastore", () => {
    using datastore = valid(
      context,
      orchard(`${field("north")}${tree(1, "<nickname>Ida</nickname><height>1</height>")}`),
    );
    const harvest = (name: string): ParsedRpc =>
      context.parseRpc(rpc(`<harvest xmlns="${ORCHARD}"><nickname>${name}</nickname></harvest>`));
    using good = harvest("Ida");
    context.validateRpc(good, datastore);
    using bad = harvest("Ada");
    expect(() => context.validateRpc(bad, datastore)).toThrow(/Ada/);
    using incomplete = context.parseRpc(rpc(`<harvest xmlns="${ORCHARD}"/>`));
    expect(() => context.validateRpc(incomplete, datastore)).toThrow(/nickname/);
  });
});

describe("an edit-config", () => {
  test("carries operations and positions as metadata", () => {
    const entry = '<ladder nc:operation="create" yang:insert="after" yang:key="[id=\'1\']"><id>2</id></ladder>';
    using parsed = context.parseRpc(editConfig(orchard(entry)));
    expect(configOf(parsed)[0]?.firstChild?.metadata()).toEqual([
      { moduleName: "ietf-netconf", name: "operation", value: "create" },
      { moduleName: "yang", name: "insert", value: "after" },
      { moduleName: "yang", name: "key", value: expect.stringContaining("id='1'") },
    ]);
  });

  test.each([
    ["an unknown element", "<goat/>", /goat/],
    ["an unknown namespace", '<goat xmlns="urn:none"/>', /urn:none/],
    ["a bad value", "<open>maybe</open>", /maybe/],
    ["a missing key", "<ladder/>", /id/],
    ["no value to delete", '<open nc:operation="delete"/>', /open|boolean/],
  ])("is refused for %s if told so, and kept otherwise", (_, content, message) => {
    const xml = editConfig(orchard(content));
    expect(() => context.parseRpc(xml, { unknown: "reject" })).toThrow(YangError);
    expect(() => context.parseRpc(xml, { unknown: "reject" })).toThrow(message);
    expect(faults(content)).toHaveLength(1);
  });

  test("is the same, whether what does not fit would be kept or refused", () => {
    const entry = (id: number) =>
      `<ladder nc:operation="replace" yang:insert="first"><id>${id}</id></ladder>${tree(id, "<height>1</height>")}`;
    const xml = editConfig(orchard(`${field("north")}${entry(2)}${entry(1)}<open>false</open>`));
    const [keeping, refusing] = (["keep-opaque", "reject"] as const).map((unknown) => {
      using parsed = context.parseRpc(xml, { unknown });
      return configOf(parsed).map((node) => node.print());
    });
    expect(refusing).toEqual(keeping);
    expect(refusing?.join()).toContain("ladder");
  });

  test("keeps a delete without value as an opaque node", () => {
    using parsed = context.parseRpc(editConfig(orchard('<open nc:operation="delete"/>')));
    const leaf = configOf(parsed)[0]?.firstChild;
    expect([leaf?.kind, leaf?.name, leaf?.value]).toEqual(["opaque", "open", ""]);
    expect(leaf?.attributes()).toEqual([{ namespace: NETCONF, name: "operation", value: "delete" }]);
  });

  test("says what is wrong with each opaque node", () => {
    expect(faults("<goat/>")).toEqual([["goat", "REFERENCE", "/orchard:orchard", undefined]]);
    expect(faults("<open>maybe</open>")).toEqual([["open", "DATA", "/orchard:orchard/open", undefined]]);
    expect(faults("<field><name>1st</name></field>")[0]).toEqual([
      "field",
      "DATA",
      "/orchard:orchard/field",
      "bad-label",
    ]);
    expect(faults('<x xmlns="urn:none"/>')[0]?.[1]).toBe("REFERENCE");
    expect(faults("<tree><number>1</number></tree>")[0]?.[0]).toBe("tree");
    expect(faults(tree(1, "<hose>x</hose>"))[0]?.slice(0, 2)).toEqual(["hose", "REFERENCE"]);
    expect(faults("<open>true</open>")).toEqual([]);
  });

  test("gives its subtrees to other trees by copy, not by cutting", () => {
    using parsed = context.parseRpc(editConfig(orchard(tree(1, "<height>3</height>"))));
    const [top] = configOf(parsed);
    expect(() => top?.unlink()).toThrow(/duplicate/);
    expect(() => top?.remove()).toThrow(/duplicate/);
    using data = context.emptyTree();
    using copy = top?.duplicate();
    if (copy === undefined) throw new Error("no content");
    data.insertTop(copy);
    top?.firstChild?.remove();
    expect(top?.children()).toEqual([]);
    expect(data.print()).toContain("<height>3.0</height>");
  });

  test("ends handles into its content with the rpc", () => {
    const parsed = context.parseRpc(editConfig(orchard("<open>true</open>")));
    const [top] = configOf(parsed);
    parsed.dispose();
    expect(() => top?.name).toThrow(/disposed/);
  });
});
