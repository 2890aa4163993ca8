import { describe, expect, test } from "vitest";
import { StaleHandleError, YangError } from "../src/index.ts";
import { field, ORCHARD, orchard, orchardContext, tree, valid } from "./orchard.ts";

const { context, libyang } = orchardContext("gate");
const GATE = "urn:example:gate";
const content = [1, 2, 3].map((number) => tree(number, `<nickname>N${number}</nickname><height>${number}</height>`));
const make = () => valid(context, orchard(field("north") + content.join("")) + `<code xmlns="${GATE}">7</code>`);
const data = make();
const namespaces = new Map([
  ["o", ORCHARD],
  ["g", GATE],
]);
/** A default is data like any other. */
const all = ["/gate:code", "/gate:colour", "/orchard:orchard"];
const paths = (xpath: string, from = data) => [...from.select(xpath, namespaces)].map((node) => node.path);

describe("select", () => {
  test("takes prefixes as XML declares them", () => {
    expect(paths("/o:orchard/o:tree[o:number=2]/o:nickname")).toEqual([
      "/orchard:orchard/tree[field='north'][number='2']/nickname",
    ]);
    expect(paths("/g:*")).toEqual(["/gate:code", "/gate:colour"]);
    expect(paths("//o:number")).toHaveLength(3);
    expect(paths("/o:code | /g:orchard")).toEqual([]);
  });

  test("an identity in a literal has a prefix of XML, too", () => {
    expect(paths("/o:orchard/o:tree[o:fruit='o:apple']/o:number")).toHaveLength(3);
    expect(paths("/o:orchard/o:tree[derived-from(o:fruit, 'o:fruit')]/o:number")).toHaveLength(3);
    expect(paths("/o:orchard/o:tree[o:fruit='g:apple']")).toEqual([]);
  });

  test("gives the outermost nodes, each once, in the order of the tree", () => {
    expect(paths("//o:height/.. | //o:number | /o:orchard/o:tree[3]")).toEqual(
      [1, 2, 3].map((number) => `/orchard:orchard/tree[field='north'][number='${number}']`),
    );
    expect(paths("//*")).toEqual(all);
    expect(paths("/o:orchard/o:tree[3]/preceding-sibling::o:tree[1]")).toEqual([
      "/orchard:orchard/tree[field='north'][number='2']",
    ]);
  });

  test("the root is all there is, a text its leaf, and an attribute nothing", () => {
    expect(paths("/")).toEqual(all);
    expect(paths("/g:code/text()")).toEqual(["/gate:code"]);
    expect(paths("//@*")).toEqual([]);
    expect(paths("current()")).toEqual(all);
  });

  test("the root is no element (XPath 1.0 2.3)", () => {
    expect(paths("/o:orchard/ancestor-or-self::*")).toEqual(["/orchard:orchard"]);
    expect(paths("/self::* | /o:orchard/parent::*")).toEqual([]);
    expect(paths("/o:orchard/ancestor::node()")).toEqual(all);
    expect(paths("//o:tree[count(ancestor::*) = 1]")).toHaveLength(3);
    expect(paths("//o:tree[1]/o:number/ancestor::*[last()]/o:open")).toEqual(["/orchard:orchard/open"]);
  });

  test("name() says the module, as there may be no prefix", () => {
    expect(paths("/*[name() = 'gate:code']")).toEqual(["/gate:code"]);
    expect(paths("//*[namespace-uri() = 'urn:example:gate']")).toEqual(["/gate:code", "/gate:colour"]);
    for (let round = 0; round < 100; round++) expect(paths("//*[name(..) = 'x']")).toEqual([]);
  });

  test.each([
    ["a name without prefix", "/orchard"],
    ["a prefix that is not declared", "/x:orchard"],
    ["what is no node set", "count(/o:orchard)"],
    ["no expression", "/o:orchard["],
  ])("%s is an error", (_, xpath) => {
    const before = libyang.liveAllocations;
    expect(() => data.select(xpath, namespaces)).toThrow(YangError);
    expect(libyang.liveAllocations).toBe(before);
  });

  test("a namespace of no module is an error when it is used", () => {
    const more = new Map([...namespaces, ["x", "urn:none"]]);
    expect(() => data.select("/x:orchard", more)).toThrow(YangError);
    expect([...data.select("/o:orchard", more)]).toHaveLength(1);
    expect(() => data.select("/o:orchard", new Map([["", ORCHARD]]))).toThrow(TypeError);
  });

  test("maxNodes bounds it", () => {
    expect(() => data.select("//*", namespaces, { maxNodes: 5 })).toThrow(expect.objectContaining({ code: "ELIMIT" }));
  });

  test("nothing is in an empty tree", () => {
    using empty = context.emptyTree();
    expect([...empty.select("/", namespaces)]).toEqual([]);
  });

  test("a node that was freed meanwhile is not given", () => {
    using tree = make();
    const nodes = tree.select("//o:tree", namespaces)[Symbol.iterator]();
    expect(nodes.next().value?.path).toContain("[number='1']");
    tree.find("//tree")[1]?.remove();
    expect(() => nodes.next()).toThrow(StaleHandleError);
    const others = tree.select("//o:tree", namespaces)[Symbol.iterator]();
    tree.dispose();
    expect(() => others.next()).toThrow(StaleHandleError);
  });
});
