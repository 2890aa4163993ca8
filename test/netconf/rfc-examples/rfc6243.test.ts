import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asked, compact, ExampleServer, example, OK } from "../example-server.ts";
import type { Client } from "../harness.ts";

const INTERFACES = "http://example.com/ns/interfaces";

/** Appendix A.2: eth1 has its mtu from the server, all others from a client. */
const CONFIG = `
  <interfaces xmlns="${INTERFACES}">
    <interface><name>eth0</name><mtu>8192</mtu></interface>
    <interface><name>eth1</name></interface>
    <interface><name>eth2</name><mtu>9000</mtu></interface>
    <interface><name>eth3</name><mtu>1500</mtu></interface>
  </interfaces>`;
const STATE = JSON.stringify({
  "rfc6243-example:interfaces": {
    interface: [
      { name: "eth0", status: "up" },
      { name: "eth1", status: "up" },
      { name: "eth2", status: "not feeling so good" },
      { name: "eth3", status: "waking up" },
    ],
  },
});

let server: ExampleServer;
let client: Client;
beforeEach(async () => {
  server = await ExampleServer.start(["rfc6243-example"], [STATE]);
  client = await server.open();
  await example(client, rpc(`<edit-config><target><running/></target><config>${CONFIG}</config></edit-config>`), OK);
});
afterEach(() => server.stop());

const rpc = (operation: string, id = "101") => `
  <rpc message-id="${id}"
       xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
    ${operation}
  </rpc>`;
const get = (id: string, mode: string) =>
  rpc(
    `
    <get>
      <filter type="subtree">
        <interfaces xmlns="http://example.com/ns/interfaces"/>
      </filter>
      <with-defaults
       xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults">
        ${mode}
      </with-defaults>
    </get>`,
    id,
  );
const data = (id: string, interfaces: string) => `
  <rpc-reply message-id="${id}"
             xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
    <data>
      <interfaces xmlns="http://example.com/ns/interfaces">${interfaces}</interfaces>
    </data>
  </rpc-reply>`;
const entry = (name: string, mtu: string, status: string) =>
  `<interface><name>${name}</name>${mtu}${status}</interface>`;
const TAG = 'xmlns:ncwd="urn:ietf:params:xml:ns:netconf:default:1.0" ncwd:default="true"';

test("4.3 the capability", () => {
  expect(server.greeted().takeSent()).toContain(
    "<capability>urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=explicit&amp;" +
      "also-supported=report-all,report-all-tagged,trim</capability>",
  );
});

describe("4.5.1 <copy-config>", () => {
  const parameter = (mode: string) =>
    `<with-defaults xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults">${mode}</with-defaults>`;
  const copy = (source: string, target: string, mode: string) =>
    rpc(
      `<copy-config><target>${target}</target><source>${source}</source>${mode === "" ? "" : parameter(mode)}</copy-config>`,
    );
  const content = (datastore: string) =>
    asked(
      client,
      rpc(
        `<get-config><source><${datastore}/></source><filter><interfaces xmlns="${INTERFACES}"/></filter></get-config>`,
      ),
    );

  test.each(["report-all", "report-all-tagged", "trim", "explicit"])(
    "a copy that is a datastore has what was set, whatever the mode: %s",
    async (mode) => {
      const running = await content("running");
      for (const target of ["startup", "candidate"]) {
        await example(client, copy("<running/>", `<${target}/>`, mode), OK);
        expect(await content(target)).toBe(running);
      }
      await example(client, rpc("<delete-config><target><startup/></target></delete-config>"), OK);
      await example(client, copy("<candidate/>", "<startup/>", mode), OK);
      await example(client, copy("<startup/>", "<running/>", mode), OK);
      expect(await content("running")).toBe(running);
    },
  );

  test.each([
    ["report-all", ["<mtu>8192</mtu>", "<mtu>1500</mtu>", "<mtu>9000</mtu>", "<mtu>1500</mtu>"]],
    ["trim", ["<mtu>8192</mtu>", "", "<mtu>9000</mtu>", ""]],
    ["explicit", ["<mtu>8192</mtu>", "", "<mtu>9000</mtu>", "<mtu>1500</mtu>"]],
    ["report-all-tagged", ["<mtu>8192</mtu>", "", "<mtu>9000</mtu>", "<mtu>1500</mtu>"]],
  ])("one behind a URL has what the mode shows, which is read back as it says: %s", async (mode, mtus) => {
    await example(client, copy("<running/>", "<url>file:///copy.xml</url>", mode), OK);
    await example(client, copy("<url>file:///copy.xml</url>", "<candidate/>", ""), OK);
    expect(await content("candidate")).toBe(
      compact(data("101", mtus.map((mtu, number) => entry(`eth${number}`, mtu, "")).join(""))),
    );
  });
});

describe("A.3 protocol operation examples", () => {
  const DOWN = "<status>not feeling so good</status>";
  const WAKING = "<status>waking up</status>";
  const UP = "<status>up</status>";

  test("A.3.1 report-all", () =>
    example(
      client,
      get("101", "report-all"),
      data(
        "101",
        entry("eth0", "<mtu>8192</mtu>", UP) +
          entry("eth1", "<mtu>1500</mtu>", UP) +
          entry("eth2", "<mtu>9000</mtu>", DOWN) +
          entry("eth3", "<mtu>1500</mtu>", WAKING),
      ),
    ));

  test("A.3.2 report-all-tagged, by a server whose basic mode is explicit: what nobody set is tagged", () =>
    example(
      client,
      get("102", "report-all-tagged"),
      data(
        "102",
        entry("eth0", "<mtu>8192</mtu>", UP) +
          entry("eth1", `<mtu ${TAG}>1500</mtu>`, UP) +
          entry("eth2", "<mtu>9000</mtu>", DOWN) +
          entry("eth3", "<mtu>1500</mtu>", WAKING),
      ),
    ));

  test("A.3.3 trim", () =>
    example(
      client,
      get("103", "trim"),
      data(
        "103",
        entry("eth0", "<mtu>8192</mtu>", "") +
          entry("eth1", "", "") +
          entry("eth2", "<mtu>9000</mtu>", DOWN) +
          entry("eth3", "", WAKING),
      ),
    ));

  test("A.3.4 explicit", () =>
    example(
      client,
      get("104", "explicit"),
      data(
        "104",
        entry("eth0", "<mtu>8192</mtu>", UP) +
          entry("eth1", "", UP) +
          entry("eth2", "<mtu>9000</mtu>", DOWN) +
          entry("eth3", "<mtu>1500</mtu>", WAKING),
      ),
    ));
});
