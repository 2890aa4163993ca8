import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { dataMissing } from "../../src/errors/constructors.ts";
import { UrlStores } from "../../src/url/url-stores.ts";
import { FakeStream } from "./fake-stream.ts";
import { BASE, type Client, clientHello, Harness, OK, reply, rpc } from "./harness.ts";

const A = '<a xmlns="urn:example:a"/>';
const CONFIG = `<config xmlns="${BASE}">${A}</config>`;
const FILE = `<?xml version="1.0" encoding="UTF-8"?>\n${CONFIG}\n`;
const TARGET = "<target><candidate/></target>";

let folder: string;
let harness: Harness;
let client: Client;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bmpconfd-url-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  harness = new Harness({}, new UrlStores({ schemes: ["file", "https"], filesFolder: folder }));
  client = await harness.open();
});

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
const ask = (operation: string) => client.ask(rpc(operation));
const refused = (tag: string, path: string, message: string, info = "", type = "protocol") =>
  reply(
    `<rpc-error><error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      `<error-path xmlns:nc="${BASE}">/nc:rpc/${path}</error-path>` +
      `<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
  );

test("the hello names the schemes that are served (RFC 6241 section 8.8.3)", async () => {
  const greeted = harness.connect();
  expect(greeted.takeSent()).toContain(
    "<capability>urn:ietf:params:netconf:capability:url:1.0?scheme=file,https</capability>",
  );
  await greeted.send(clientHello("1.1"));
});

test("a datastore is copied to a URL, below <config>, and from there", async () => {
  harness.datastores.content.running = A;
  expect(
    await ask("<copy-config><target><url>file:///a.xml</url></target><source><running/></source></copy-config>"),
  ).toBe(OK);
  expect(readFileSync(join(folder, "a.xml"), "utf8")).toBe(FILE);
  expect(
    await ask("<copy-config><target><startup/></target><source><url> file:///a.xml </url></source></copy-config>"),
  ).toBe(OK);
  expect(harness.datastores.calls).toEqual([
    ["getConfig", "running", undefined],
    ["copy", 1, { config: CONFIG }, "startup"],
  ]);
});

test("a <config> is copied to a URL as it came", async () => {
  const source = `<source><config>${A}</config></source>`;
  expect(await ask(`<copy-config><target><url>file:///a</url></target>${source}</copy-config>`)).toBe(OK);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe(CONFIG);
});

test("an edit's content comes from a URL, with what else the edit says", async () => {
  put("a", `<nc:config xmlns:nc="${BASE}" xmlns="urn:example:a"><a nc:operation="delete"/></nc:config>`);
  expect(
    await ask(`<edit-config>${TARGET}<default-operation>none</default-operation><url>file:///a</url></edit-config>`),
  ).toBe(OK);
  expect(harness.datastores.calls).toEqual([
    [
      "edit",
      1,
      {
        target: "candidate",
        defaultOperation: "none",
        testOption: "test-then-set",
        config: `<nc:config xmlns:nc="${BASE}" xmlns="urn:example:a"><a nc:operation="delete"/></nc:config>`,
      },
    ],
  ]);
});

test("what a URL names is validated, and deleted", async () => {
  put("a", FILE);
  expect(await ask("<validate><source><url>file:///a</url></source></validate>")).toBe(OK);
  expect(harness.datastores.calls).toEqual([["validate", { config: CONFIG }]]);
  expect(await ask("<delete-config><target><url>file:///a</url></target></delete-config>")).toBe(OK);
  expect(readdirSync(folder)).toEqual([]);
});

test("what is wrong with a URL, or with what it names, is said where the URL stands", async () => {
  expect(await ask("<validate><source><url>file:///a</url></source></validate>")).toBe(
    refused("data-missing", "nc:validate/nc:source/nc:url", "There is no file file:///a."),
  );
  expect(await ask("<delete-config><target><url>file:///a</url></target></delete-config>")).toBe(
    refused("data-missing", "nc:delete-config/nc:target/nc:url", "There is no file file:///a."),
  );
  expect(await ask(`<edit-config>${TARGET}<url>ftp://a/b</url></edit-config>`)).toBe(
    refused(
      "invalid-value",
      "nc:edit-config/nc:url",
      '"ftp:" is no URL of a scheme that this server serves; use file: or https:.',
    ),
  );
  put("a", "<config>");
  expect(await ask("<copy-config><target><running/></target><source><url>file:///a</url></source></copy-config>")).toBe(
    refused(
      "invalid-value",
      "nc:copy-config/nc:source/nc:url",
      "The document is not XML that this server reads: The message ends inside an element.",
    ),
  );
  put("a", "<config/>");
  expect(await ask("<validate><source><url>file:///a</url></source></validate>")).toBe(
    refused(
      "invalid-value",
      "nc:validate/nc:source/nc:url",
      `The document begins with &lt;config&gt;; it has to be &lt;config&gt; of "${BASE}".`,
    ),
  );
  expect(harness.datastores.calls).toEqual([]);
});

test("from a URL to the same URL is an invalid-value (RFC 6241 section 7.3), to another not supported", async () => {
  const copy = (target: string) =>
    ask(`<copy-config><target><url>${target}</url></target><source><url>file:///a</url></source></copy-config>`);
  const path = "nc:copy-config/nc:source/nc:url";
  expect(await copy("file:///a")).toBe(
    refused("invalid-value", path, "The source and the target are the same URL; name two different ones."),
  );
  expect(await copy("file:///b")).toBe(
    refused("operation-not-supported", path, "The source and the target are both a URL; copy by way of a datastore."),
  );
});

test("what the datastore says of the content keeps its own path", async () => {
  put("a", FILE);
  const path = { text: "/a:a", namespaces: { a: "urn:example:a" } };
  harness.datastores.failNext(dataMissing("There is no a.", { path }));
  expect(await ask(`<edit-config>${TARGET}<url>file:///a</url></edit-config>`)).toContain(
    '<error-path xmlns:a="urn:example:a">/a:a</error-path>',
  );
});

test("a copy that breaks off leaves the file as it was", async () => {
  put("a", "before");
  harness.datastores.streams.push(new FakeStream(["<b/>", dataMissing("The rest is gone.")]));
  expect(
    await ask("<copy-config><target><url>file:///a</url></target><source><running/></source></copy-config>"),
  ).toContain("The rest is gone.");
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("before");
});

test.each([
  [
    "from URL to URL",
    "<copy-config><target><url>file:///a</url></target><source><url>file:///b</url></source></copy-config>",
    refused(
      "operation-not-supported",
      "nc:copy-config/nc:source/nc:url",
      "The source and the target are both a URL; copy by way of a datastore.",
    ),
  ],
  [
    "both <config> and <url>",
    `<edit-config>${TARGET}<config/><url>file:///a</url></edit-config>`,
    refused(
      "bad-element",
      "nc:edit-config/nc:url",
      "&lt;config&gt; and &lt;url&gt; are both there; send one of them.",
      "<error-info><bad-element>url</bad-element></error-info>",
    ),
  ],
  [
    "an element in <url>",
    "<validate><source><url><b/></url></source></validate>",
    refused(
      "unknown-element",
      "nc:validate/nc:source/nc:url",
      "&lt;b&gt; is not expected in &lt;url&gt;; leave it out.",
      "<error-info><bad-element>b</bad-element></error-info>",
    ),
  ],
])("%s is refused", async (_, operation, answer) => {
  expect(await ask(operation)).toBe(answer);
  expect(harness.datastores.calls).toEqual([]);
});
