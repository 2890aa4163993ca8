import { readFileSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { finishJob } from "../../src/job.ts";
import { parseEnvelope } from "../../src/xml/envelope.ts";
import type { EngineFixture } from "../datastore/engine-fixture.ts";
import { EngineDatastores, engineOf } from "./engine-datastores.ts";
import { FakeChannel } from "./fake-channel.ts";
import { FakeDatastores, libraryModule } from "./fake-datastores.ts";
import { FakeStream } from "./fake-stream.ts";
import { BASE, type Client, Harness, noUrls, reply, rpc } from "./harness.ts";

const NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring";

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf("kiosk");
});
let client: Client;
beforeEach(async () => {
  client = await new Harness({}, noUrls, new EngineDatastores(engine)).open();
});

const getSchema = (parameters: string): string => rpc(`<get-schema xmlns="${NCM}">${parameters}</get-schema>`);
const textOf = (name: string): string => readFileSync(new URL(`../yang/modules/${name}.yang`, import.meta.url), "utf8");

describe("get-schema (RFC 6022 section 3.1)", () => {
  test("gives a module as YANG text, which is also what no format means", async () => {
    const escaped = textOf("kiosk").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const expected = reply(`<data xmlns="${NCM}">${escaped}</data>`);
    expect(await client.ask(getSchema("<identifier>kiosk</identifier>"))).toBe(expected);
    expect(await client.ask(getSchema("<identifier>kiosk</identifier><version></version><format>yang</format>"))).toBe(
      expected,
    );
  });

  test("gives a submodule of the version asked for", async () => {
    const message = getSchema("<identifier>kiosk-menu</identifier><version>2026-03-01</version>");
    expect(await client.ask(message)).toBe(reply(`<data xmlns="${NCM}">${textOf("kiosk-menu")}</data>`));
  });

  test("gives YIN as XML", async () => {
    expect(await client.ask(getSchema("<identifier>kiosk-menu</identifier><format>yin</format>"))).toBe(
      reply(
        `<data xmlns="${NCM}"><submodule name="kiosk-menu"
        xmlns="urn:ietf:params:xml:ns:yang:yin:1"
        xmlns:k="urn:example:kiosk"
        xmlns:yang="urn:ietf:params:xml:ns:yang:ietf-yang-types">
  <belongs-to module="kiosk">
    <prefix value="k"/>
  </belongs-to>
  <import module="ietf-yang-types">
    <prefix value="yang"/>
  </import>

  <revision date="2026-03-01"/>
  <revision date="2025-03-01"/>
  <typedef name="drink">
    <type name="yang:yang-identifier"/>
  </typedef>
</submodule>
</data>`,
      ),
    );
  });

  test("every schema that is listed can be had in each format, and the reply is well-formed", async () => {
    const listed = engine.yangLibrary().modules.flatMap((module) => [module, ...module.submodules]);
    for (const { name, revision } of listed) {
      for (const format of ["yang", "yin"]) {
        const answer = await client.ask(
          getSchema(`<identifier>${name}</identifier><version>${revision ?? ""}</version><format>${format}</format>`),
        );
        expect(finishJob(parseEnvelope(Buffer.from(answer))).children.map((child) => child.name)).toEqual(["data"]);
      }
    }
    expect(listed.length).toBeGreaterThan(10);
  });

  test.each([
    [
      "in the default namespace",
      `<get-schema xmlns="${NCM}"><identifier>kiosk</identifier><format>yang</format></get-schema>`,
    ],
    [
      "with a prefix",
      `<m:get-schema xmlns:m="${NCM}"><m:identifier>kiosk</m:identifier><m:format>m:yang</m:format></m:get-schema>`,
    ],
    [
      "without prefix under a prefixed element, as ncclient sends it",
      `<m:get-schema xmlns:m="${NCM}"><m:identifier>kiosk</m:identifier><m:format>yang</m:format></m:get-schema>`,
    ],
  ])("takes the format %s", async (_, operation) => {
    expect(await client.ask(rpc(operation))).toContain("module kiosk {");
  });

  test("a user who may only look may ask", async () => {
    const harness = new Harness({}, noUrls, new EngineDatastores(engine));
    const monitor = await harness.open("1.1", new FakeChannel("eve", "monitor"));
    expect(await monitor.ask(getSchema("<identifier>kiosk</identifier>"))).toContain("module kiosk {");
  });

  const PATH = `xmlns:nc="${BASE}" xmlns:ncm="${NCM}">/nc:rpc/ncm:get-schema`;
  const error = (tag: string, path: string, message: string, info = "", appTag = "") =>
    reply(
      `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
        `${appTag}<error-path ${path}</error-path><error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
    );
  const none = (what: string) =>
    error("invalid-value", PATH, `There is no schema ${what}; /netconf-state/schemas lists those there are.`);

  test.each([
    ["another name", "<identifier>bar</identifier>", none('"bar" in format "yang"')],
    [
      "another version",
      "<identifier>kiosk</identifier><version>2026-01-01</version>",
      none('"kiosk" of version "2026-01-01" in format "yang"'),
    ],
    [
      "a format that is not offered",
      "<identifier>kiosk</identifier><format>xsd</format>",
      none('"kiosk" in format "xsd"'),
    ],
    [
      "a module of libyang's own that nobody is served",
      "<identifier>ietf-yang-schema-mount</identifier>",
      none('"ietf-yang-schema-mount" in format "yang"'),
    ],
    [
      "no identifier",
      "<format>yang</format>",
      error(
        "missing-element",
        PATH,
        "&lt;identifier&gt; is missing in &lt;get-schema&gt;; add it.",
        "<error-info><bad-element>identifier</bad-element></error-info>",
      ),
    ],
    [
      "a format of another namespace",
      '<identifier>kiosk</identifier><format xmlns:o="urn:other">o:yang</format>',
      error(
        "invalid-value",
        `${PATH}/ncm:format`,
        `The value of &lt;format&gt; is wrong; its prefix must stand for "${NCM}".`,
      ),
    ],
    [
      "another parameter",
      "<identifier>kiosk</identifier><module/>",
      error(
        "unknown-element",
        PATH,
        "&lt;module&gt; is not expected in &lt;get-schema&gt;; its parameters are &lt;identifier&gt;, &lt;version&gt;, " +
          "&lt;format&gt;.",
        "<error-info><bad-element>module</bad-element></error-info>",
      ),
    ],
    [
      "a parameter in the base namespace",
      `<identifier xmlns="${BASE}">kiosk</identifier>`,
      error(
        "unknown-namespace",
        PATH,
        `&lt;identifier&gt; in &lt;get-schema&gt; is in namespace "${BASE}"; put it into "${NCM}".`,
        `<error-info><bad-element>identifier</bad-element><bad-namespace>${BASE}</bad-namespace></error-info>`,
      ),
    ],
  ])("refuses %s", async (_, parameters, expected) => {
    expect(await client.ask(getSchema(parameters))).toBe(expected);
  });

  test("of several versions one has to be named: data-not-unique", async () => {
    class TwoVersions extends FakeDatastores {
      override yangLibrary = () => ({
        contentId: "2",
        modules: ["2026-01-01", "2026-02-02"].map((revision) =>
          libraryModule({ name: "bar", revision, isImplemented: false }),
        ),
      });
    }
    const harness = new Harness({}, noUrls, new TwoVersions());
    const other = await harness.open();
    expect(await other.ask(getSchema("<identifier>bar</identifier>"))).toBe(
      reply(
        "<rpc-error><error-type>protocol</error-type><error-tag>operation-failed</error-tag>" +
          "<error-severity>error</error-severity><error-app-tag>data-not-unique</error-app-tag>" +
          `<error-path ${PATH}</error-path><error-message xml:lang="en">The schema "bar" is there in several versions; ` +
          'add &lt;version&gt;, one of "2026-01-01", "2026-02-02".</error-message></rpc-error>',
      ),
    );
    expect(await other.ask(getSchema("<identifier>bar</identifier><version>2026-02-02</version>"))).toBe(
      reply(`<data xmlns="${NCM}">yang of bar</data>`),
    );
    expect(harness.datastores.calls).toEqual([["getSchema", "bar", "2026-02-02", "yang"]]);
  });

  test("a large schema comes as it is read, and is closed with the session", async () => {
    const harness = new Harness();
    const stream = new FakeStream(["a<b", "\r\n", "c"]);
    harness.datastores.streams.push(stream);
    const other = await harness.open();
    await other.send(
      `\n#${getSchema("<identifier>a</identifier>").length}\n${getSchema("<identifier>a</identifier>")}\n##\n`,
    );
    const sent = other
      .takeSent()
      .replace(/\n#\d+\n/g, "|")
      .replace("\n##\n", "");
    expect(sent.split("|").join("")).toBe(reply(`<data xmlns="${NCM}">a&lt;b&#13;\nc</data>`));
    expect(sent.split("|").length).toBeGreaterThan(2);
  });
});
