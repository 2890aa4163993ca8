import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asked, compact, ExampleServer, example, OK } from "../example-server.ts";
import type { Client } from "../harness.ts";

const NC = "urn:ietf:params:xml:ns:netconf:base:1.0";
const TOP = "http://example.com/schema/1.2/config";
const STATS = "http://example.com/schema/1.2/stats";

let server: ExampleServer;
let client: Client;
beforeEach(async () => {
  server = await ExampleServer.start(
    ["rfc6241-config", "rfc6241-stats"],
    [
      JSON.stringify({
        "rfc6241-stats:top": {
          interfaces: { interface: [{ ifName: "eth0", ifInOctets: "45621", ifOutOctets: "774344" }] },
        },
      }),
    ],
  );
  client = await server.open();
});
afterEach(() => server.stop());

const rpc = (operation: string) => `
  <rpc message-id="101"
       xmlns="${NC}">
    ${operation}
  </rpc>`;
const data = (content: string) => `
  <rpc-reply message-id="101"
       xmlns="${NC}">
    <data>${content}</data>
  </rpc-reply>`;
const refused = (...errors: readonly string[]) => `
  <rpc-reply message-id="101"
       xmlns="${NC}">
    ${errors.map((error) => `<rpc-error>${error}</rpc-error>`).join("")}
  </rpc-reply>`;
/** Configures the children of `<top>`. */
const configure = (children: string, namespace = TOP) =>
  example(
    client,
    rpc(
      `<edit-config><target><running/></target><config><top xmlns="${namespace}">${children}</top></config></edit-config>`,
    ),
    OK,
  );
/** All that running has of the examples. */
const running = () =>
  asked(client, rpc(`<get-config><source><running/></source><filter><top xmlns="${TOP}"/></filter></get-config>`));
const top = (children: string) => data(`<top xmlns="${TOP}">${children}</top>`);

const ROOT = `
  <user>
    <name>root</name>
    <type>superuser</type>
    <full-name>Charlie Root</full-name>
    <company-info>
      <dept>1</dept>
      <id>1</id>
    </company-info>
  </user>`;
const FRED = `
  <user>
    <name>fred</name>
    <type>admin</type>
    <full-name>Fred Flintstone</full-name>
    <company-info>
      <dept>2</dept>
      <id>2</id>
    </company-info>
  </user>`;
const BARNEY = `
  <user>
    <name>barney</name>
    <type>admin</type>
    <full-name>Barney Rubble</full-name>
    <company-info>
      <dept>2</dept>
      <id>3</id>
    </company-info>
  </user>`;

describe("4.1 <rpc>", () => {
  test("an operation that the server does not have", async () => {
    await example(
      client,
      `<rpc message-id="101"
            xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
         <rock-the-house xmlns="http://example.net/rock/1.0">
           <zip-code>27606-0100</zip-code>
         </rock-the-house>
       </rpc>`,
      refused(`
      <error-type>protocol</error-type>
      <error-tag>unknown-namespace</error-tag>
      <error-severity>error</error-severity>
      <error-message xml:lang="en">This server knows no operation in namespace "http://example.net/rock/1.0".</error-message>
      <error-info>
        <bad-element>rock-the-house</bad-element>
        <bad-namespace>http://example.net/rock/1.0</bad-namespace>
      </error-info>`),
    );
  });
});

test("4.2 <rpc-reply>", async () => {
  const reply = await asked(
    client,
    `<rpc message-id="101"
          xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"
          xmlns:ex="http://example.net/content/1.0"
          ex:user-id="fred">
       <get/>
     </rpc>`,
  );
  const frame = compact(`
    <rpc-reply message-id="101"
         xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"
         xmlns:ex="http://example.net/content/1.0"
         ex:user-id="fred">
      <data>`);
  expect(reply.slice(0, frame.length)).toBe(frame);
  expect(reply.slice(-"</data></rpc-reply>".length)).toBe("</data></rpc-reply>");
});

describe("4.3 <rpc-error>", () => {
  test("no message-id", async () => {
    await example(
      client,
      `<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
         <get-config>
           <source>
             <running/>
           </source>
         </get-config>
       </rpc>`,
      `<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
         <rpc-error>
           <error-type>rpc</error-type>
           <error-tag>missing-attribute</error-tag>
           <error-severity>error</error-severity>
           <error-message xml:lang="en">&lt;rpc&gt; has no "message-id" attribute; add one.</error-message>
           <error-info>
             <bad-attribute>message-id</bad-attribute>
             <bad-element>rpc</bad-element>
           </error-info>
         </rpc-error>
       </rpc-reply>`,
    );
  });

  test("several errors of one request", async () => {
    await example(
      client,
      rpc(`<edit-config><target><running/></target><config>
        <top xmlns="http://example.com/schema/1.2/config">
          <interface><name>Ethernet0/0</name><mtu>25000</mtu></interface>
          <interface><name>Ethernet1/0</name><address><name>here</name></address></interface>
        </top></config></edit-config>`),
      refused(
        `<error-type>application</error-type>
         <error-tag>invalid-value</error-tag>
         <error-severity>error</error-severity>
         <error-path xmlns:t="http://example.com/schema/1.2/config">/t:top/t:interface[t:name='Ethernet0/0']/t:mtu</error-path>
         <error-message xml:lang="en">An MTU is 256 to 9192.</error-message>`,
        `<error-type>application</error-type>
         <error-tag>invalid-value</error-tag>
         <error-severity>error</error-severity>
         <error-path xmlns:t="http://example.com/schema/1.2/config">/t:top/t:interface[t:name='Ethernet1/0']/t:address/t:name</error-path>
         <error-message xml:lang="en">Unsatisfied pattern - "here" does not conform to "[0-9.]+".</error-message>`,
      ),
    );
  });
});

test("4.4 <ok>", () => example(client, rpc("<discard-changes/>"), OK));

describe("6.4 subtree filters", () => {
  beforeEach(() => configure(`<users>${ROOT}${FRED}${BARNEY}</users>`));

  const filtered = (filter: string) =>
    rpc(`
      <get-config>
        <source>
          <running/>
        </source>
        <filter type="subtree">
          <top xmlns="http://example.com/schema/1.2/config">
            ${filter}
          </top>
        </filter>
      </get-config>`);

  test("6.4.1 no filter", async () => {
    const reply = await asked(client, rpc("<get/>"));
    expect(reply).toContain(compact(`<top xmlns="${TOP}"><users>${ROOT}${FRED}${BARNEY}</users></top>`));
    expect(reply).toContain('<netconf-state xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring">');
  });

  test("6.4.2 empty filter", () =>
    example(
      client,
      rpc(`
        <get>
          <filter type="subtree">
          </filter>
        </get>`),
      data(""),
    ));

  test("6.4.3 the entire <users> subtree", async () => {
    const all = top(`<users>${ROOT}${FRED}${BARNEY}</users>`);
    await example(client, filtered("<users/>"), all);
    await example(client, filtered("<users><user/></users>"), all);
  });

  test("6.4.4 all <name> elements within the <users> subtree", () =>
    example(
      client,
      filtered(`
        <users>
          <user>
            <name/>
          </user>
        </users>`),
      top(`
        <users>
          <user>
            <name>root</name>
          </user>
          <user>
            <name>fred</name>
          </user>
          <user>
            <name>barney</name>
          </user>
        </users>`),
    ));

  test("6.4.5 one specific <user> entry", () =>
    example(
      client,
      filtered(`
        <users>
          <user>
            <name>fred</name>
          </user>
        </users>`),
      top(`<users>${FRED}</users>`),
    ));

  test("6.4.6 specific elements from a specific <user> entry", () =>
    example(
      client,
      filtered(`
        <users>
          <user>
            <name>fred</name>
            <type/>
            <full-name/>
          </user>
        </users>`),
      top(`
        <users>
          <user>
            <name>fred</name>
            <type>admin</type>
            <full-name>Fred Flintstone</full-name>
          </user>
        </users>`),
    ));

  test("6.4.7 multiple subtrees", () =>
    example(
      client,
      filtered(`
        <users>
          <user>
            <name>root</name>
            <company-info/>
          </user>
          <user>
            <name>fred</name>
            <company-info>
              <id/>
            </company-info>
          </user>
          <user>
            <name>barney</name>
            <type>superuser</type>
            <company-info>
              <dept/>
            </company-info>
          </user>
        </users>`),
      top(`
        <users>
          <user>
            <name>root</name>
            <company-info>
              <dept>1</dept>
              <id>1</id>
            </company-info>
          </user>
          <user>
            <name>fred</name>
            <company-info>
              <id>2</id>
            </company-info>
          </user>
        </users>`),
    ));

  describe("6.4.8 elements with attribute naming", () => {
    beforeEach(() => configure("<interfaces><interface><ifName>eth0</ifName></interface></interfaces>", STATS));

    test("data modelled in YANG has no attributes: the filter selects nothing", () =>
      example(
        client,
        rpc(`
          <get>
            <filter type="subtree">
              <t:top xmlns:t="http://example.com/schema/1.2/stats">
                <t:interfaces>
                  <t:interface t:ifName="eth0"/>
                </t:interfaces>
              </t:top>
            </filter>
          </get>`),
        data(""),
      ));

    test("the name as a child node", () =>
      example(
        client,
        rpc(`
          <get>
            <filter type="subtree">
              <top xmlns="http://example.com/schema/1.2/stats">
                <interfaces>
                  <interface>
                    <ifName>eth0</ifName>
                  </interface>
                </interfaces>
              </top>
            </filter>
          </get>`),
        data(`
          <top xmlns="http://example.com/schema/1.2/stats">
            <interfaces>
              <interface>
                <ifName>eth0</ifName>
                <ifInOctets>45621</ifInOctets>
                <ifOutOctets>774344</ifOutOctets>
              </interface>
            </interfaces>
          </top>`),
      ));
  });
});

test("7.1 <get-config>", async () => {
  await configure(`<users>${ROOT}</users>`);
  await example(
    client,
    rpc(`
      <get-config>
        <source>
          <running/>
        </source>
        <filter type="subtree">
          <top xmlns="http://example.com/schema/1.2/config">
            <users/>
          </top>
        </filter>
      </get-config>`),
    top(`<users>${ROOT}</users>`),
  );
});

describe("7.2 <edit-config>", () => {
  const edit = (parameters: string) => rpc(`<edit-config><target><running/></target>${parameters}</edit-config>`);
  const SET_MTU = edit(`
    <config>
      <top xmlns="http://example.com/schema/1.2/config">
        <interface>
          <name>Ethernet0/0</name>
          <mtu>1500</mtu>
        </interface>
      </top>
    </config>`);

  test("set the MTU to 1500 on an interface", async () => {
    await configure(
      "<interface><name>Ethernet0/0</name><mtu>300</mtu><address><name>192.0.2.9</name></address></interface>",
    );
    await example(client, SET_MTU, OK);
    expect(await running()).toBe(
      compact(
        top("<interface><name>Ethernet0/0</name><mtu>1500</mtu><address><name>192.0.2.9</name></address></interface>"),
      ),
    );
  });

  test("add an interface, replacing any previous one with that name", async () => {
    await configure("<interface><name>Ethernet0/0</name><mtu>300</mtu></interface>");
    const content = `
      <name>Ethernet0/0</name>
      <mtu>1500</mtu>
      <address>
        <name>192.0.2.4</name>
        <prefix-length>24</prefix-length>
      </address>`;
    await example(
      client,
      edit(`
        <config xmlns:xc="urn:ietf:params:xml:ns:netconf:base:1.0">
          <top xmlns="http://example.com/schema/1.2/config">
            <interface xc:operation="replace">${content}</interface>
          </top>
        </config>`),
      OK,
    );
    expect(await running()).toBe(compact(top(`<interface>${content}</interface>`)));
  });

  test("delete the configuration for an interface", async () => {
    await example(client, SET_MTU, OK);
    await example(
      client,
      edit(`
        <default-operation>none</default-operation>
        <config xmlns:xc="urn:ietf:params:xml:ns:netconf:base:1.0">
          <top xmlns="http://example.com/schema/1.2/config">
            <interface xc:operation="delete">
              <name>Ethernet0/0</name>
            </interface>
          </top>
        </config>`),
      OK,
    );
    expect(await running()).toBe(compact(data("")));
  });

  test("delete an interface from an OSPF area; others are unaffected", async () => {
    const area = (interfaces: string) =>
      `<protocols><ospf><area><name>0.0.0.0</name><interfaces>${interfaces}</interfaces></area></ospf></protocols>`;
    const other = "<interface><name>192.0.2.1</name></interface>";
    await configure(area(`${other}<interface><name>192.0.2.4</name></interface>`));
    await example(
      client,
      edit(`
        <default-operation>none</default-operation>
        <config xmlns:xc="urn:ietf:params:xml:ns:netconf:base:1.0">
          <top xmlns="http://example.com/schema/1.2/config">
            <protocols>
              <ospf>
                <area>
                  <name>0.0.0.0</name>
                  <interfaces>
                    <interface xc:operation="delete">
                      <name>192.0.2.4</name>
                    </interface>
                  </interfaces>
                </area>
              </ospf>
            </protocols>
          </top>
        </config>`),
      OK,
    );
    expect(await running()).toBe(compact(top(area(other))));
  });
});

const CHECKPOINT = "file:///checkpoint.conf";

test("7.3 <copy-config>, from a file in place of a web server", async () => {
  await configure(`<users>${FRED}</users>`);
  await example(
    client,
    rpc(`<copy-config><target><url>${CHECKPOINT}</url></target><source><running/></source></copy-config>`),
    OK,
  );
  await configure(`<users>${BARNEY}</users>`);
  await example(
    client,
    rpc(`
      <copy-config>
        <target>
          <running/>
        </target>
        <source>
          <url>${CHECKPOINT}</url>
        </source>
      </copy-config>`),
    OK,
  );
  expect(await running()).toBe(compact(top(`<users>${FRED}</users>`)));
});

test("7.4 <delete-config>", async () => {
  await configure(`<users>${FRED}</users>`);
  await example(client, rpc("<copy-config><target><startup/></target><source><running/></source></copy-config>"), OK);
  await example(
    client,
    rpc(`
      <delete-config>
        <target>
          <startup/>
        </target>
      </delete-config>`),
    OK,
  );
  await example(client, rpc("<get-config><source><startup/></source></get-config>"), data(""));
});

const LOCK = rpc(`
  <lock>
    <target>
      <running/>
    </target>
  </lock>`);
const UNLOCK = rpc(`
  <unlock>
    <target>
      <running/>
    </target>
  </unlock>`);

test("7.5 <lock>", async () => {
  await example(client, LOCK, OK);
  const other = await server.open();
  await example(
    other,
    LOCK,
    refused(`
      <error-type>protocol</error-type>
      <error-tag>lock-denied</error-tag>
      <error-severity>error</error-severity>
      <error-message xml:lang="en">The running datastore is locked by session 1.</error-message>
      <error-info>
        <session-id>1</session-id>
      </error-info>`),
  );
});

test("7.6 <unlock>", async () => {
  await example(client, LOCK, OK);
  await example(client, UNLOCK, OK);
  await example(
    client,
    UNLOCK,
    refused(`
      <error-type>protocol</error-type>
      <error-tag>operation-failed</error-tag>
      <error-severity>error</error-severity>
      <error-message xml:lang="en">The running datastore is not locked.</error-message>`),
  );
});

test("7.8 <close-session>", async () => {
  await example(client, rpc("<close-session/>"), OK);
  expect(client.channel.ends).toEqual(["close"]);
});

test("7.9 <kill-session>", async () => {
  await server.open();
  await server.open();
  const fourth = await server.open();
  await example(
    client,
    rpc(`
      <kill-session>
        <session-id>4</session-id>
      </kill-session>`),
    OK,
  );
  expect(fourth.channel.ends).toEqual(["destroy"]);
});

test("8.1 capabilities exchange", async () => {
  const greeted = server.greeted();
  const hello = greeted.takeSent();
  for (const uri of ["urn:ietf:params:netconf:base:1.1", "urn:ietf:params:netconf:capability:startup:1.0"])
    expect(hello).toContain(`<capability>${uri}</capability>`);
  expect(hello).toMatch(/<\/capabilities><session-id>2<\/session-id><\/hello>\]\]>\]\]>$/);
  await greeted.send(`
    <hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
      <capabilities>
        <capability>
          urn:ietf:params:netconf:base:1.1
        </capability>
        <capability>
          urn:ietf:params:netconf:capability:startup:1.0
        </capability>
        <capability>
          http://example.net/router/2.3/myfeature
        </capability>
      </capabilities>
    </hello>
    ]]>]]>`);
  await example(greeted, rpc("<close-session/>"), OK);
});

describe("8.3 and 8.4 the candidate", () => {
  beforeEach(() =>
    example(
      client,
      rpc(
        `<edit-config><target><candidate/></target><config><top xmlns="${TOP}"><users>${FRED}</users></top></config></edit-config>`,
      ),
      OK,
    ),
  );
  const changed = top(`<users>${FRED}</users>`);

  test("8.3.4.1 <commit>", async () => {
    await example(client, rpc("<commit/>"), OK);
    expect(await running()).toBe(compact(changed));
  });

  test("8.3.4.2 <discard-changes>; 8.3.5.1 <get-config> of the candidate", async () => {
    const candidate = rpc(`
      <get-config>
        <source>
          <candidate/>
        </source>
      </get-config>`);
    await example(client, candidate, changed);
    await example(client, rpc("<discard-changes/>"), OK);
    await example(client, candidate, data(""));
  });

  test("8.3.5.2 <lock> and <unlock>", async () => {
    await example(client, rpc("<discard-changes/>"), OK);
    for (const operation of ["lock", "unlock"]) {
      await example(
        client,
        rpc(`
          <${operation}>
            <target>
              <candidate/>
            </target>
          </${operation}>`),
        OK,
      );
    }
  });

  test("8.4.4.1 <cancel-commit>", async () => {
    await example(client, rpc("<commit><confirmed/></commit>"), OK);
    await example(client, rpc("<cancel-commit/>"), OK);
    expect(await running()).toBe(compact(data("")));
  });

  test("8.4.5.1 confirmed <commit>", async () => {
    await example(
      client,
      rpc(`
        <commit>
          <confirmed/>
          <confirm-timeout>120</confirm-timeout>
        </commit>`),
      OK,
    );
    await server.advance(119);
    expect(await running()).toBe(compact(changed));
    await server.advance(1);
    expect(await running()).toBe(compact(data("")));
  });

  test("8.4.5.1 persistent confirmed <commit>, confirmed from another session", async () => {
    await example(
      client,
      `<!-- start a persistent confirmed-commit -->
       <rpc message-id="101"
            xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
         <commit>
           <confirmed/>
           <persist>IQ,d4668</persist>
         </commit>
       </rpc>`,
      OK,
    );
    await example(client, rpc("<close-session/>"), OK);
    client = await server.open();
    await example(
      client,
      `<!-- confirm the persistent confirmed-commit, possibly from another session -->
       <rpc message-id="102"
            xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">
         <commit>
           <persist-id>IQ,d4668</persist-id>
         </commit>
       </rpc>`,
      OK.replace("101", "102"),
    );
    await server.advance(601);
    expect(await running()).toBe(compact(changed));
  });

  test("8.6.4.1 <validate>", () =>
    example(
      client,
      rpc(`
        <validate>
          <source>
            <candidate/>
          </source>
        </validate>`),
      OK,
    ));
});

test("8.5.5.1 rollback-on-error", async () => {
  await example(
    client,
    rpc(`
      <edit-config>
        <target>
          <running/>
        </target>
        <error-option>rollback-on-error</error-option>
        <config>
          <top xmlns="http://example.com/schema/1.2/config">
            <interface>
              <name>Ethernet0/0</name>
              <mtu>100000</mtu>
            </interface>
          </top>
        </config>
      </edit-config>`),
    refused(`
      <error-type>application</error-type>
      <error-tag>invalid-value</error-tag>
      <error-severity>error</error-severity>
      <error-path xmlns:t="http://example.com/schema/1.2/config">/t:top/t:interface[t:name='Ethernet0/0']/t:mtu</error-path>
      <error-message xml:lang="en">Value "100000" is out of type uint16 min/max bounds.</error-message>`),
  );
  expect(await running()).toBe(compact(data("")));
});

test("8.9.5.1 XPath in <get-config> and <get>", async () => {
  await configure(`<users>${ROOT}${FRED}</users>`);
  await example(
    client,
    rpc(`
      <get-config>
        <source>
          <running/>
        </source>
        <!-- get the user named fred -->
        <filter xmlns:t="http://example.com/schema/1.2/config"
                type="xpath"
                select="/t:top/t:users/t:user[t:name='fred']"/>
      </get-config>`),
    top(`<users>${FRED}</users>`),
  );
});

test("E.1 a configuration update of one device, step by step", async () => {
  await configure(`<users>${ROOT}</users>`);
  await example(client, LOCK, OK);
  const candidate = (operation: string) => rpc(`<${operation}><target><candidate/></target></${operation}>`);
  await example(client, candidate("lock"), OK);
  await example(
    client,
    rpc(`
      <copy-config>
        <target>
          <url>${CHECKPOINT}</url>
        </target>
        <source>
          <running/>
        </source>
      </copy-config>`),
    OK,
  );
  await example(
    client,
    rpc(`
      <edit-config>
        <target>
          <candidate/>
        </target>
        <config>
          <!-- place incoming configuration changes here -->
          <top xmlns="${TOP}"><users>${FRED}</users></top>
        </config>
      </edit-config>`),
    OK,
  );
  await example(client, rpc("<validate><source><candidate/></source></validate>"), OK);
  await example(client, rpc("<commit><confirmed/><confirm-timeout>120</confirm-timeout></commit>"), OK);
  expect(await running()).toBe(compact(top(`<users>${ROOT}${FRED}</users>`)));
  await example(client, rpc("<copy-config><target><startup/></target><source><running/></source></copy-config>"), OK);
  await example(client, rpc("<commit/>"), OK);
  await example(client, UNLOCK, OK);
  await example(client, candidate("unlock"), OK);
  await server.advance(121);
  expect(await running()).toBe(compact(top(`<users>${ROOT}${FRED}</users>`)));
  await example(
    client,
    rpc(`<copy-config><target><running/></target><source><url>${CHECKPOINT}</url></source></copy-config>`),
    OK,
  );
  expect(await running()).toBe(compact(top(`<users>${ROOT}</users>`)));
});
