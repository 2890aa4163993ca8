import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asked, compact, ExampleServer, example } from "../example-server.ts";
import type { Client } from "../harness.ts";

const NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring";

let server: ExampleServer;
let client: Client;
beforeAll(async () => {
  server = await ExampleServer.start(["kiosk"]);
  client = await server.open();
});
afterAll(() => server.stop());

const textOf = (name: string): string =>
  readFileSync(new URL(`../../yang/modules/${name}.yang`, import.meta.url), "utf8")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

test("4.1 retrieving the schema list via <get>", async () => {
  const reply = await asked(
    client,
    `<rpc message-id="101"
          xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
       <get>
         <filter type="subtree">
           <netconf-state xmlns=
           "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">
             <schemas/>
           </netconf-state>
         </filter>
       </get>
     </rpc>`,
  );
  const schema = (identifier: string, version: string, format: string) =>
    compact(`
      <schema>
        <identifier>${identifier}</identifier>
        <version>${version}</version>
        <format>${format}</format>
        <namespace>urn:example:kiosk</namespace>
        <location>NETCONF</location>
      </schema>`);
  expect(reply.match(/<schema><identifier>kiosk.*?<\/schema>/g)).toEqual([
    schema("kiosk", "", "yang"),
    schema("kiosk", "", "yin"),
    schema("kiosk-menu", "2026-03-01", "yang"),
    schema("kiosk-menu", "2026-03-01", "yin"),
  ]);
  const outside = reply.replaceAll(/<schema>.*?<\/schema>/g, "");
  expect(compact(outside)).toBe(
    compact(`
      <rpc-reply message-id="101"
                 xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
        <data>
          <netconf-state
          xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">
            <schemas></schemas>
          </netconf-state>
        </data>
      </rpc-reply>`),
  );
});

const getSchema = (id: string, parameters: string) => `
  <rpc message-id="${id}"
    xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
    <get-schema
    xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">
      ${parameters}
    </get-schema>
  </rpc>`;
const reply = (id: string, content: string) =>
  `<rpc-reply message-id="${id}" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">${content}</rpc-reply>`;

test("4.2 retrieving schema instances: one in an XML format, by version and format", async () => {
  const answer = await asked(
    client,
    getSchema(
      "101",
      `<identifier>kiosk-menu</identifier>
       <version>2026-03-01</version>
       <format>yin</format>`,
    ),
  );
  expect(answer.slice(0, 300)).toContain(
    `<data xmlns="${NCM}"><submodule name="kiosk-menu" xmlns="urn:ietf:params:xml:ns:yang:yin:1"`,
  );
});

test("4.2 YANG is the default format", () =>
  example(
    client,
    getSchema(
      "102",
      `<identifier>kiosk-menu</identifier>
       <version>2026-03-01</version>`,
    ),
    reply("102", `<data xmlns="${NCM}">${textOf("kiosk-menu")}</data>`),
  ));

test("4.2 the version left out", () =>
  example(
    client,
    getSchema("103", "<identifier>kiosk-menu</identifier>"),
    reply("103", `<data xmlns="${NCM}">${textOf("kiosk-menu")}</data>`),
  ));

test("4.2 a format that the server does not have, as XSD", () =>
  example(
    client,
    getSchema(
      "101",
      `<identifier>kiosk</identifier>
       <format>xsd</format>`,
    ),
    reply(
      "101",
      `<rpc-error>
         <error-type>protocol</error-type>
         <error-tag>invalid-value</error-tag>
         <error-severity>error</error-severity>
         <error-path xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" xmlns:ncm="${NCM}">/nc:rpc/ncm:get-schema</error-path>
         <error-message xml:lang="en">There is no schema "kiosk" in format "xsd"; /netconf-state/schemas lists those there are.</error-message>
       </rpc-error>`,
    ),
  ));

test("4.2 the RFC's misspelt <identifer> is not taken for another", async () => {
  const answer = await asked(client, getSchema("102", "<identifer>bar</identifer><version>2008-06-01</version>"));
  expect(answer).toContain("<error-tag>unknown-element</error-tag>");
  expect(answer).toContain("<bad-element>identifer</bad-element>");
});
