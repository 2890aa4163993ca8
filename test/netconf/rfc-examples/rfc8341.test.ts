import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asked, compact, ExampleServer, example, OK } from "../example-server.ts";
import type { Client } from "../harness.ts";

const NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring";
const ITF = "http://example.com/ns/itf";
const ACME = "http://example.com/ns/netconf";

let server: ExampleServer;
/** May do everything, whatever the rules say. */
let recovery: Client;
beforeEach(async () => {
  server = await ExampleServer.start(["acme-netconf", "acme-itf", "acme-system"]);
  recovery = await server.open("root", "recovery");
  await configure(GROUPS);
});
afterEach(() => server.stop());

const rpc = (operation: string) =>
  `<rpc message-id="101" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">${operation}</rpc>`;
const edit = (config: string, target = "running") =>
  rpc(`<edit-config><target><${target}/></target><config>${config}</config></edit-config>`);
const configure = (config: string) => example(recovery, edit(config), OK);
/** A session of a user who is in no group but those of /nacm. */
const as = (username: string) => server.open(username, "nobody");
const get = (filter: string) => rpc(`<get><filter>${filter}</filter></get>`);
const data = (content: string) =>
  compact(
    `<rpc-reply message-id="101" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><data>${content}</data></rpc-reply>`,
  );
const denied = (type: "protocol" | "application", message: string, path = "") =>
  '<rpc-reply message-id="101" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">' +
  `<rpc-error><error-type>${type}</error-type><error-tag>access-denied</error-tag><error-severity>error</error-severity>` +
  `${path}<error-message xml:lang="en">${message}</error-message></rpc-error></rpc-reply>`;

const GROUPS = `
  <nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
    <groups>
      <group>
        <name>admin</name>
        <user-name>admin</user-name>
        <user-name>andy</user-name>
      </group>

      <group>
        <name>limited</name>
        <user-name>wilma</user-name>
        <user-name>bam-bam</user-name>
      </group>

      <group>
        <name>guest</name>
        <user-name>guest</user-name>
        <user-name>guest@example.com</user-name>
      </group>
    </groups>
  </nacm>`;

test("A.1 <groups>", () =>
  example(
    recovery,
    get('<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><groups/></nacm>'),
    // The system orders groups and names.
    data(`
      <nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
        <groups>
          <group>
            <name>admin</name>
            <user-name>admin</user-name>
            <user-name>andy</user-name>
          </group>
          <group>
            <name>guest</name>
            <user-name>guest</user-name>
            <user-name>guest@example.com</user-name>
          </group>
          <group>
            <name>limited</name>
            <user-name>bam-bam</user-name>
            <user-name>wilma</user-name>
          </group>
        </groups>
      </nacm>`),
  ));

describe("A.2 module rules", () => {
  const RULES = `
    <nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
      <rule-list>
        <name>guest-acl</name>
        <group>guest</group>

        <rule>
          <name>deny-ncm</name>
          <module-name>ietf-netconf-monitoring</module-name>
          <access-operations>*</access-operations>
          <action>deny</action>
          <comment>
              Do not allow guests any access to the NETCONF
              monitoring information.
          </comment>
        </rule>
      </rule-list>

      <rule-list>
        <name>limited-acl</name>
        <group>limited</group>

        <rule>
          <name>permit-ncm</name>
          <module-name>ietf-netconf-monitoring</module-name>
          <access-operations>read</access-operations>
          <action>permit</action>
          <comment>
              Allow read access to the NETCONF
              monitoring information.
          </comment>
        </rule>
        <rule>
          <name>permit-exec</name>
          <module-name>*</module-name>
          <access-operations>exec</access-operations>
          <action>permit</action>
          <comment>
              Allow invocation of the
              supported server operations.
          </comment>
        </rule>
      </rule-list>

      <rule-list>
        <name>admin-acl</name>
        <group>admin</group>

        <rule>
          <name>permit-all</name>
          <module-name>*</module-name>
          <access-operations>*</access-operations>
          <action>permit</action>
          <comment>
              Allow the 'admin' group complete access to all
              operations and data.
          </comment>
        </rule>
      </rule-list>
    </nacm>`;
  const SESSIONS = get(
    `<netconf-state xmlns="${NCM}"><sessions><session><username/></session></sessions></netconf-state>`,
  );
  const sessions = (...names: readonly string[]) =>
    data(
      `<netconf-state xmlns="${NCM}"><sessions>` +
        names
          .map((name, at) => `<session><session-id>${at + 1}</session-id><username>${name}</username></session>`)
          .join("") +
        "</sessions></netconf-state>",
    );
  /** With everything denied that no rule permits. */
  const DEFAULTS =
    '<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><read-default>deny</read-default><exec-default>deny</exec-default></nacm>';

  test("deny-ncm: guests see nothing of the monitoring, and may not use its operation", async () => {
    await configure(RULES);
    const guest = await as("guest@example.com");
    await example(guest, SESSIONS, data(""));
    await example(
      guest,
      rpc(`<get-schema xmlns="${NCM}"><identifier>acme-itf</identifier></get-schema>`),
      denied(
        "protocol",
        'User "guest@example.com" may not use &lt;get-schema&gt;: rule "guest-acl/deny-ncm" denies it.',
      ),
    );
  });

  test("permit-ncm and permit-exec: limited users see it, and may use every operation", async () => {
    await configure(RULES);
    await configure(DEFAULTS);
    const wilma = await as("wilma");
    await example(wilma, SESSIONS, sessions("root", "wilma"));
    await example(wilma, get(`<interfaces xmlns="${ITF}"/>`), data(""));
    await example(wilma, rpc("<delete-config><target><startup/></target></delete-config>"), OK);
  });

  test("permit-all: admins may do everything", async () => {
    await configure(RULES);
    await configure(DEFAULTS);
    const andy = await as("andy");
    await example(andy, SESSIONS, sessions("root", "andy"));
    await example(andy, edit(`<interfaces xmlns="${ITF}"><interface><name>a</name></interface></interfaces>`), OK);
    await example(andy, rpc("<delete-config><target><startup/></target></delete-config>"), OK);
  });
});

test("A.3 protocol operation rules", async () => {
  await configure(`
    <nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
      <rule-list>
        <name>guest-limited-acl</name>
        <group>limited</group>
        <group>guest</group>

        <rule>
          <name>deny-kill-session</name>
          <module-name>ietf-netconf</module-name>
          <rpc-name>kill-session</rpc-name>
          <access-operations>exec</access-operations>
          <action>deny</action>
          <comment>
            Do not allow the 'limited' group or the 'guest' group
            to kill another session.
          </comment>
        </rule>
        <rule>
          <name>deny-delete-config</name>
          <module-name>ietf-netconf</module-name>
          <rpc-name>delete-config</rpc-name>
          <access-operations>exec</access-operations>
          <action>deny</action>
          <comment>
            Do not allow the 'limited' group or the 'guest' group
            to delete any configurations.
          </comment>
        </rule>
      </rule-list>

      <rule-list>
        <name>limited-acl</name>
        <group>limited</group>

        <rule>
          <name>permit-edit-config</name>
          <module-name>ietf-netconf</module-name>
          <rpc-name>edit-config</rpc-name>
          <access-operations>exec</access-operations>
          <action>permit</action>
          <comment>
            Allow the 'limited' group to edit the configuration.
          </comment>
        </rule>
      </rule-list>
      <exec-default>deny</exec-default>
    </nacm>`);
  const operation = (name: string, why: string, who: string) =>
    denied("protocol", `User "${who}" may not use &lt;${name}&gt;: ${why}.`);
  for (const name of ["guest", "bam-bam"]) {
    const client = await as(name);
    await example(
      client,
      rpc("<kill-session><session-id>1</session-id></kill-session>"),
      operation("kill-session", 'rule "guest-limited-acl/deny-kill-session" denies it', name),
    );
    await example(
      client,
      rpc("<delete-config><target><startup/></target></delete-config>"),
      operation("delete-config", 'rule "guest-limited-acl/deny-delete-config" denies it', name),
    );
  }
  await example(await as("wilma"), edit("", "candidate"), OK);
  const guest = await asked(await as("guest"), edit("", "candidate"));
  expect(guest).toContain("<error-tag>access-denied</error-tag>");
});

describe("A.4 data node rules", () => {
  const interfaces = (...entries: readonly string[]) =>
    `<interfaces xmlns="${ITF}">${entries.map((entry) => `<interface>${entry}</interface>`).join("")}</interfaces>`;
  const entry = (name: string) => `/acme:interfaces/acme:interface[acme:name='${name}']`;
  const at = (name: string) => `<error-path xmlns:acme="${ITF}">${entry(name)}`;

  beforeEach(async () => {
    await configure(interfaces("<name>dummy</name><mtu>1500</mtu>", "<name>eth0</name><mtu>1500</mtu>"));
    await configure(`
      <nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
        <rule-list>
          <name>guest-acl</name>
          <group>guest</group>

          <rule>
            <name>deny-nacm</name>
            <path xmlns:n="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
              /n:nacm
            </path>
            <access-operations>*</access-operations>
            <action>deny</action>
            <comment>
              Deny the 'guest' group any access to the /nacm data.
            </comment>
          </rule>
        </rule-list>

        <rule-list>
          <name>limited-acl</name>
          <group>limited</group>

          <rule>
            <name>permit-acme-config</name>
            <path xmlns:acme="http://example.com/ns/netconf">
              /acme:acme-netconf/acme:config-parameters
            </path>
            <access-operations>
              read create update delete
            </access-operations>
            <action>permit</action>
            <comment>
              Allow the 'limited' group complete access to the acme
              NETCONF configuration parameters.  Showing long form
              of 'access-operations' instead of shorthand.
            </comment>
          </rule>
        </rule-list>

        <rule-list>
          <name>guest-limited-acl</name>
          <group>guest</group>
          <group>limited</group>

          <rule>
            <name>permit-dummy-interface</name>
            <path xmlns:acme="http://example.com/ns/itf">
              /acme:interfaces/acme:interface[acme:name='dummy']
            </path>
            <access-operations>read update</access-operations>
            <action>permit</action>
            <comment>
              Allow the 'limited' and 'guest' groups read
              and update access to the dummy interface.
            </comment>
          </rule>
        </rule-list>

        <rule-list>
          <name>admin-acl</name>
          <group>admin</group>
          <rule>
            <name>permit-interface</name>
            <path xmlns:acme="http://example.com/ns/itf">
              /acme:interfaces/acme:interface
            </path>
            <access-operations>*</access-operations>
            <action>permit</action>
            <comment>
              Allow the 'admin' group full access to all acme
              interfaces.
            </comment>
          </rule>
        </rule-list>
      </nacm>`);
  });

  test("deny-nacm: guests may not read or write the rules", async () => {
    const guest = await as("guest");
    await example(guest, get('<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"/>'), data(""));
    await example(
      guest,
      edit('<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><write-default>permit</write-default></nacm>'),
      denied(
        "application",
        'User "guest" may not create /nacm:nacm/nacm:write-default: rule "guest-acl/deny-nacm" denies it.',
        '<error-path xmlns:nacm="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">/nacm:nacm/nacm:write-default</error-path>',
      ),
    );
  });

  test("permit-acme-config: limited users may write the parameters, and nothing beside them", async () => {
    const wilma = await as("wilma");
    const set = (children: string) => edit(`<acme-netconf xmlns="${ACME}">${children}</acme-netconf>`);
    await example(wilma, set("<config-parameters><timeout>5</timeout></config-parameters>"), OK);
    await example(
      wilma,
      set("<banner>hello</banner>"),
      denied(
        "application",
        'User "wilma" may not create /acme:acme-netconf/acme:banner: no rule is about it, and write-default is "deny".',
        `<error-path xmlns:acme="${ACME}">/acme:acme-netconf/acme:banner</error-path>`,
      ),
    );
  });

  test("permit-dummy-interface: limited users and guests may alter it, but neither create nor delete it", async () => {
    for (const name of ["guest", "wilma"]) {
      const client = await as(name);
      const mtu = name === "guest" ? 1400 : 1300;
      await example(client, edit(interfaces(`<name>dummy</name><mtu>${mtu}</mtu>`)), OK);
      await example(
        client,
        edit(interfaces(`<name>eth0</name><mtu>${mtu}</mtu>`)),
        denied(
          "application",
          `User "${name}" may not update ${entry("eth0")}/acme:mtu: no rule is about it, and write-default is "deny".`,
          `${at("eth0")}/acme:mtu</error-path>`,
        ),
      );
      const removal = interfaces("<name>dummy</name>").replace(
        "<interface>",
        '<interface xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="delete">',
      );
      await example(
        client,
        edit(removal),
        denied(
          "application",
          `User "${name}" may not delete ${entry("dummy")}: no rule is about it, and write-default is "deny".`,
          `${at("dummy")}</error-path>`,
        ),
      );
    }
    await example(
      recovery,
      get(`<interfaces xmlns="${ITF}"/>`),
      data(interfaces("<name>dummy</name><mtu>1300</mtu>", "<name>eth0</name><mtu>1500</mtu>")),
    );
  });

  test("permit-interface: admins may do everything with all of them", async () => {
    const andy = await as("andy");
    await example(andy, edit(interfaces("<name>eth1</name><mtu>900</mtu>")), OK);
    const removal = interfaces("<name>eth0</name>").replace(
      "<interface>",
      '<interface xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0" nc:operation="delete">',
    );
    await example(andy, edit(removal), OK);
  });
});

test("A.5 notification rules", async () => {
  await configure(`
    <nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">
      <rule-list>
        <name>sys-acl</name>
        <group>limited</group>
        <group>guest</group>

        <rule>
          <name>deny-config-change</name>
          <module-name>acme-system</module-name>
          <notification-name>sys-config-change</notification-name>
          <access-operations>read</access-operations>
          <action>deny</action>
          <comment>
            Do not allow the 'guest' group or the 'limited' group
            to receive config change events.
          </comment>
        </rule>
      </rule-list>
    </nacm>`);
  const told = async (name: string): Promise<string[]> => {
    const client = await as(name);
    await example(client, rpc('<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>'), OK);
    server.events.publish(
      '<sys-config-change xmlns="http://example.com/ns/system"><user>fred</user></sys-config-change>',
    );
    server.events.publish('<sys-start xmlns="http://example.com/ns/system"/>');
    return (await client.takeMessages()).map((message) => /<(sys-[a-z-]+)/.exec(message)?.[1] ?? "");
  };
  expect(await told("guest")).toEqual(["sys-start"]);
  expect(await told("bam-bam")).toEqual(["sys-start"]);
  expect(await told("andy")).toEqual(["sys-config-change", "sys-start"]);
});
