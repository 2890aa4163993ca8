import { YangError } from "libyang-wasm";
import { describe, expect, test } from "vitest";
import { WorkingPair } from "../../src/datastore/working-pair.ts";
import { finishJob } from "../../src/job.ts";
import { Schema } from "../../src/yang/schema.ts";
import { Model, moduleText } from "./constraints/model.ts";

const { context } = new Model(
  moduleText(`
    container c {
      list l {
        key k; unique "a in/b"; unique d;
        leaf k { type uint32; }
        leaf a { type string; }
        container in { leaf b { type string; default x; } }
        leaf d { type int8; }
        list inner { key k; unique v; leaf k { type uint8; } leaf v { type uint8; } }
      }
    }`),
);
const netconf = context.loadModule("ietf-netconf", { features: ["writable-running", "candidate"] });
const module = context.module("m");
if (module === undefined) throw new Error("no module");
const schema = new Schema(context, [netconf], [module], []);

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";
const entry = (k: number, content: string) => `<l><k>${k}</k>${content}</l>`;
const inModule = (content: string) => `<c xmlns="urn:m" xmlns:nc="${NETCONF}">${content}</c>`;

class Datastore {
  readonly pair: WorkingPair;

  constructor(content: string) {
    const running = context.parseData(inModule(content));
    schema.validate(running);
    this.pair = WorkingPair.of(schema, running, function* () {});
  }

  edit(content: string, pair = this.pair): void {
    finishJob(
      pair.edit({ config: `<config xmlns="${NETCONF}">${inModule(content)}</config>`, defaultOperation: "merge" }),
    );
  }

  /** The app-tags of the errors, and how many. */
  errors(pair = this.pair): string[] {
    try {
      finishJob(pair.validate());
      return [];
    } catch (error) {
      if (!(error instanceof YangError)) throw error;
      return error.items.map(({ message }) => message);
    }
  }

  commit(content: string): void {
    this.edit(content);
    expect(this.errors()).toEqual([]);
    finishJob(this.pair.commit());
  }
}

const clash = (leafs: string, one: number, other: number): string =>
  `Unique data leaf(s) "${leafs}" not satisfied in "/m:c/l[k='${one}']" and "/m:c/l[k='${other}']".`;

describe("two entries that hold the same", () => {
  const start = [1, 2, 3].map((k) => entry(k, `<a>a${k}</a><d>${k}</d>`)).join("");

  test("are found whichever of them came, in libyang's words", () => {
    const datastore = new Datastore(start);
    datastore.edit(entry(4, "<d>2</d>"));
    expect(datastore.errors()).toEqual([clash("d", 4, 2)]);
    finishJob(datastore.pair.discard());
    datastore.edit(entry(3, "<a>a1</a>"));
    expect(datastore.errors()).toEqual([clash("a in/b", 3, 1)]);
    datastore.edit(entry(1, "<in><b>y</b></in>"));
    expect(datastore.errors()).toEqual([]);
  });

  test("may change places", () => {
    const datastore = new Datastore(start);
    datastore.commit(entry(1, "<d>2</d>") + entry(2, "<d>1</d>"));
    datastore.commit(`<l nc:operation="delete"><k>1</k></l>${entry(4, "<d>2</d>")}`);
    datastore.edit(entry(5, "<d>2</d>"));
    expect(datastore.errors()).toHaveLength(1);
    datastore.edit(entry(5, "<d>9</d>"));
    expect(datastore.errors()).toEqual([]);
  });

  test("are found among new ones", () => {
    const datastore = new Datastore("");
    datastore.edit(entry(1, "<d>2</d>") + entry(2, "<d>1</d>") + entry(3, "<d>1</d>"));
    expect(datastore.errors()).toHaveLength(1);
  });

  test("may be in lists of different parents", () => {
    const inner = (k: number, v: number) => `<inner><k>${k}</k><v>${v}</v></inner>`;
    const datastore = new Datastore(entry(1, inner(1, 1)) + entry(2, inner(1, 1)));
    datastore.commit(entry(2, inner(2, 2)) + entry(3, inner(1, 1) + inner(2, 2)));
    datastore.edit(entry(3, inner(3, 2)));
    expect(datastore.errors()).toHaveLength(1);
    finishJob(datastore.pair.discard());
    // The parent goes, and comes again.
    datastore.commit('<l nc:operation="delete"><k>3</k></l>');
    datastore.commit(entry(3, inner(3, 2)));
    datastore.edit(entry(3, inner(4, 2)));
    expect(datastore.errors()).toHaveLength(1);
  });

  test("are found after a change past the candidate", () => {
    const datastore = new Datastore(start);
    datastore.commit(entry(4, "<d>4</d>"));
    const fork = finishJob(datastore.pair.fork("running"));
    datastore.edit(entry(5, "<d>5</d>"), fork);
    expect(datastore.errors(fork)).toEqual([]);
    finishJob(datastore.pair.take(fork));
    // The candidate is without it until then.
    finishJob(datastore.pair.discard());
    datastore.edit(entry(6, "<d>5</d>"));
    expect(datastore.errors()).toHaveLength(1);
  });
});
