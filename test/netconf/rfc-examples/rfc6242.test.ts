import { afterAll, beforeAll, expect, test } from "vitest";
import { ExampleServer } from "../example-server.ts";
import { settled } from "../harness.ts";

let server: ExampleServer;
beforeAll(async () => {
  server = await ExampleServer.start(["rfc6241-config"]);
});
afterAll(() => server.stop());

/** Section 3.1, and section 4.3: hellos end with the end-of-message delimiter. */
const HELLO = `<?xml version="1.0" encoding="UTF-8"?>
<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <capabilities>
    <capability>
      urn:ietf:params:netconf:base:1.1
    </capability>
  </capabilities>
</hello>
]]>]]>`;

test("3.1 and 4.1 hellos of both sides, whoever is first; then chunks", async () => {
  const client = server.greeted();
  expect(client.takeSent()).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n?<hello [\s\S]*<\/hello>\]\]>\]\]>$/);
  await client.send(`${HELLO}\n#4\n<rpc\n#18\n message-id="102"\n\n#79\n`);
  expect(client.takeSent()).toBe("");
  await client.send(
    '     xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n' + //
      "  <close-session/>\n" +
      "</rpc>\n##\n",
  );
  expect(client.takeSent()).toBe(
    '\n#93\n<rpc-reply message-id="102" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><ok/></rpc-reply>\n##\n',
  );
  expect(client.channel.ends).toEqual(["close"]);
});

test("4.3 end-of-message framing, for a client of base:1.0", async () => {
  const client = server.greeted();
  client.takeSent();
  await client.send(HELLO.replace("base:1.1", "base:1.0"));
  await client.send(`<?xml version="1.0" encoding="UTF-8"?>
<rpc message-id="105"
     xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
  <get-config>
    <source><running/></source>
    <filter>
      <top xmlns="http://example.com/schema/1.2/config">
        <users/>
      </top>
    </filter>
  </get-config>
</rpc>
]]>]]>`);
  await settled();
  expect(client.takeSent()).toBe(
    '<rpc-reply message-id="105" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><data></data></rpc-reply>]]>]]>',
  );
});

test("5 exiting the NETCONF subsystem", async () => {
  const client = await server.open();
  await client.send(
    '\n#140\n<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<rpc message-id="106"\n' +
      '     xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n' +
      "  <close-session/>\n" +
      "</rpc>\n##\n",
  );
  expect(client.takeSent()).toBe(
    '\n#93\n<rpc-reply message-id="106" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><ok/></rpc-reply>\n##\n',
  );
  expect(client.channel.ends).toEqual(["close"]);
});
