import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asked, compact, ExampleServer, example } from "../example-server.ts";
import type { Client } from "../harness.ts";

const NC = "urn:ietf:params:xml:ns:netconf:base:1.0";
const SHOP = "urn:example:shop";

let server: ExampleServer;
let client: Client;
beforeEach(async () => {
  server = await ExampleServer.start(["rfc7950-example", "rfc7950-ordered", "shop"]);
  client = await server.open();
});
afterEach(() => server.stop());

/** As the RFC writes its requests. */
const edit = (config: string) => `
  <rpc message-id="101"
       xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"
       xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"
       xmlns:yang="urn:ietf:params:xml:ns:yang:1">
    <edit-config>
      <target>
        <running/>
      </target>
      <config>
        ${config}
      </config>
    </edit-config>
  </rpc>`;
const reply = (content: string) => `
  <rpc-reply message-id="101"
       xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"
       xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"
       xmlns:yang="urn:ietf:params:xml:ns:yang:1">
    ${content}
  </rpc-reply>`;
const DONE = reply("<ok/>");
const ordered = (content: string) => `<system xmlns="urn:example:ordered">${content}</system>`;
const system = (content: string) => `<system xmlns="urn:example:config">${content}</system>`;
const shop = (content: string) => `<shop xmlns="${SHOP}">${content}</shop>`;
const ssh = (content: string) => system(`<services><ssh>${content}</ssh></services>`);
/** What running has of the examples. */
async function running(): Promise<string> {
  const filter = '<system xmlns=""/><shop xmlns=""/>';
  const answer = await asked(
    client,
    `<rpc message-id="101" xmlns="${NC}"><get-config><source><running/></source><filter>${filter}</filter></get-config></rpc>`,
  );
  return answer.replace(/^.*?<data\/?>/, "").replace(/(<\/data>)?<\/rpc-reply>$/, "");
}
const becomes = async (request: string, config: string) => {
  await example(client, edit(request), DONE);
  expect(await running()).toBe(compact(config));
};

test("7.5.8 a container with presence is created, and deleted", async () => {
  await becomes(ssh(""), ssh(""));
  await becomes(
    `<system xmlns="urn:example:config">
       <services>
         <ssh nc:operation="delete"/>
       </services>
     </system>`,
    "",
  );
});

test("7.6.8 a leaf is set", () =>
  becomes(
    `<system xmlns="urn:example:config">
       <services>
         <ssh>
           <port>2022</port>
         </ssh>
       </services>
     </system>`,
    ssh("<port>2022</port>"),
  ));

test("7.7.10 a leaf-list, and one that the user orders", async () => {
  await becomes(
    ssh("<allow-user>alice</allow-user><allow-user>bob</allow-user>"),
    ssh("<allow-user>alice</allow-user><allow-user>bob</allow-user>"),
  );
  await becomes(
    `<system xmlns="urn:example:config">
       <services>
         <ssh>
           <allow-user>eric</allow-user>
         </ssh>
       </services>
     </system>`,
    ssh("<allow-user>alice</allow-user><allow-user>bob</allow-user><allow-user>eric</allow-user>"),
  );
  const cipher = (...names: readonly string[]) => names.map((name) => `<cipher>${name}</cipher>`).join("");
  const users = "<allow-user>alice</allow-user><allow-user>bob</allow-user><allow-user>eric</allow-user>";
  await becomes(ssh(cipher("aes", "3des-cbc", "rc4")), ssh(users + cipher("aes", "3des-cbc", "rc4")));
  await becomes(
    `<system xmlns="urn:example:config">
       <services>
         <ssh>
           <cipher nc:operation="create"
                   yang:insert="after"
                   yang:value="3des-cbc">blowfish-cbc</cipher>
         </ssh>
       </services>
     </system>`,
    ssh(users + cipher("aes", "3des-cbc", "blowfish-cbc", "rc4")),
  );
});

test("7.8.6 entries of a list are created and changed", async () => {
  const fred = (type: string) =>
    `<user><name>fred</name><type>${type}</type><full-name>Fred Flintstone</full-name></user>`;
  const barney = "<user><name>barney</name><type>admin</type><full-name>Barney Rubble</full-name></user>";
  await becomes(system(fred("admin")), system(fred("admin")));
  await becomes(
    `<system xmlns="urn:example:config">
       <user nc:operation="create">
         <name>barney</name>
         <type>admin</type>
         <full-name>Barney Rubble</full-name>
       </user>
     </system>`,
    system(barney + fred("admin")),
  );
  await becomes(
    `<system xmlns="urn:example:config">
       <user>
         <name>fred</name>
         <type>superuser</type>
       </user>
     </system>`,
    system(barney + fred("superuser")),
  );
});

test("7.8.6 entries of a list that the user orders are inserted and moved", async () => {
  const user = (first: string, surname: string) =>
    `<user><first-name>${first}</first-name><surname>${surname}</surname><type>admin</type></user>`;
  const [fred, wilma, barney] = [user("Fred", "Flintstone"), user("Wilma", "Flintstone"), user("Barney", "Rubble")];
  await becomes(ordered(fred + wilma), ordered(fred + wilma));
  await becomes(
    `<system xmlns="urn:example:ordered"
             xmlns:ex="urn:example:ordered">
       <user nc:operation="create"
             yang:insert="after"
             yang:key="[ex:first-name='Fred']
                       [ex:surname='Flintstone']">
         <first-name>Barney</first-name>
         <surname>Rubble</surname>
         <type>admin</type>
       </user>
     </system>`,
    ordered(fred + barney + wilma),
  );
  await becomes(
    `<system xmlns="urn:example:ordered"
             xmlns:ex="urn:example:ordered">
       <user nc:operation="merge"
             yang:insert="before"
             yang:key="[ex:first-name='Fred']
                       [ex:surname='Flintstone']">
         <first-name>Barney</first-name>
         <surname>Rubble</surname>
       </user>
     </system>`,
    ordered(barney + fred + wilma),
  );
});

test("7.9.5 a node of one case takes the place of another's", async () => {
  await becomes(system("<protocol><tcp/></protocol>"), system("<protocol><tcp/></protocol>"));
  await becomes(
    `<system xmlns="urn:example:config">
       <protocol>
         <udp nc:operation="create"/>
       </protocol>
     </system>`,
    system("<protocol><udp/></protocol>"),
  );
});

test("7.10.3 anydata", () => {
  const logged = system(`
    <logged-notification>
      <time>2014-07-29T13:43:12Z</time>
      <data>
        <notification
          xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0">
          <eventTime>2014-07-29T13:43:01Z</eventTime>
          <event xmlns="urn:example:event">
            <event-class>fault</event-class>
            <reporting-entity>
              <card>Ethernet0</card>
            </reporting-entity>
            <severity>major</severity>
          </event>
        </notification>
      </data>
    </logged-notification>`);
  // Of modules that the server has, also there in canonical form.
  return becomes(logged, logged.replaceAll(/(\d)Z</g, "$1+00:00<"));
});

test("7.11.3 anyxml: elements are kept, text between elements is refused", async () => {
  const info = (content: string) =>
    system(`<html-info><p xmlns="http://www.w3.org/1999/xhtml">${content}</p></html-info>`);
  await becomes(info("<em>very</em>"), info("<em>very</em>"));
  await example(
    client,
    edit(info("This is <em>very</em> cool.")),
    reply(
      "<rpc-error><error-type>application</error-type><error-tag>bad-element</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">&lt;p&gt; has text where only elements belong; leave it out.</error-message>' +
        "<error-info><bad-element>p</bad-element></error-info></rpc-error>",
    ),
  );
  expect(await running()).toBe(compact(info("<em>very</em>")));
});

/** One error of an application; `path` begins at the top-level node. */
const refused = (
  tag: string,
  appTag: string,
  path: string,
  message: string,
  info = "",
  namespace = SHOP,
  prefix = "s",
) =>
  reply(
    `<rpc-error><error-type>application</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
      `${appTag === "" ? "" : `<error-app-tag>${appTag}</error-app-tag>`}` +
      `<error-path xmlns:${prefix}="${namespace}">${path}</error-path>` +
      `<error-message xml:lang="en">${message}</error-message>${info === "" ? "" : `<error-info>${info}</error-info>`}</rpc-error>`,
  );

describe("8.3.1 what a request is refused for when it is parsed", () => {
  const EX = "urn:example:config";
  test.each([
    [
      "a value outside its type",
      ssh("<port>70000</port>"),
      refused(
        "invalid-value",
        "",
        "/ex:system/ex:services/ex:ssh/ex:port",
        'Value "70000" is out of type uint16 min/max bounds.',
        "",
        EX,
        "ex",
      ),
    ],
    [
      "an entry without its key",
      system("<user><type>admin</type></user>"),
      refused(
        "missing-element",
        "",
        "/ex:system/ex:user",
        'List instance is missing its key "name".',
        "<bad-element>name</bad-element>",
        EX,
        "ex",
      ),
    ],
    [
      "data of two cases of a choice",
      system("<protocol><udp/><tcp/></protocol>"),
      refused(
        "bad-element",
        "",
        "/ex:system/ex:protocol/ex:tcp",
        `'tcp' is of the case "b" of the choice "name", of which the request has data of "a" also. Keep to one.`,
        "<bad-element>tcp</bad-element>",
        EX,
        "ex",
      ),
    ],
    [
      "a node of a feature that the server does not have",
      system("<local-storage-limit>5</local-storage-limit>"),
      refused(
        "unknown-element",
        "",
        "/ex:system",
        `Node "local-storage-limit" not found as a child of "system" node.`,
        "<bad-element>local-storage-limit</bad-element>",
        EX,
        "ex",
      ),
    ],
    [
      "an entry to insert beside one whose key is outside its type",
      `<shop xmlns="${SHOP}"><queue yang:insert="before" yang:value="many">5</queue></shop>`,
      refused(
        "bad-attribute",
        "missing-instance",
        "/s:shop/s:queue[.='5']",
        `The attribute "value" of 'queue' names an entry that does not exist in the target datastore.`,
        "<bad-attribute>value</bad-attribute><bad-element>queue</bad-element>",
      ),
    ],
    [
      "insert where the user does not order",
      `<system xmlns="urn:example:config"><user yang:insert="first"><name>fred</name></user></system>`,
      refused(
        "unknown-attribute",
        "",
        "/ex:system/ex:user[ex:name='fred']",
        `'user' is not ordered by the user and has no attribute "insert". Leave it out.`,
        "<bad-attribute>insert</bad-attribute><bad-element>user</bad-element>",
        EX,
        "ex",
      ),
    ],
  ])("%s", async (_, config, answer) => {
    await example(client, edit(config), answer);
    expect(await running()).toBe("");
  });
});

describe("8.3.2 what is found when a request is carried out", () => {
  test.each([
    [
      "deletion of what is not there",
      '<tag nc:operation="delete">a</tag>',
      "data-missing",
      "/s:shop/s:tag[.='a']",
      "'tag' does not exist in the target datastore.",
    ],
    [
      "creation of what is there",
      '<tag nc:operation="create">b</tag>',
      "data-exists",
      "/s:shop/s:tag[.='b']",
      "'tag' exists already in the target datastore. Use merge or replace to change it.",
    ],
    [
      "a node whose when is false",
      "<lamp>on</lamp>",
      "unknown-element",
      "/s:shop/s:lamp",
      `When condition "../tag = 'night'" not satisfied.`,
    ],
  ])("%s", async (_, children, tag, path, message) => {
    await example(client, edit(shop("<tag>b</tag>")), DONE);
    await example(client, edit(shop(children)), refused(tag, "", path, message));
    expect(await running()).toBe(shop("<tag>b</tag>"));
  });
});

describe("15 error responses for YANG-related errors", () => {
  const YANG = 'xmlns="urn:ietf:params:xml:ns:yang:1"';
  const entry = (name: string, content: string) => `<server><name>${name}</name>${content}</server>`;
  const same = "<ip>192.0.2.1</ip><place><port>5</port></place>";

  test.each([
    [
      "15.1 unique, of several leafs",
      entry("a", same) + entry("b", same),
      refused(
        "operation-failed",
        "data-not-unique",
        "/s:shop/s:server[s:name='b']",
        `Unique data leaf(s) "ip place/port" not satisfied in "/shop:shop/server[name='a']" and "/shop:shop/server[name='b']".`,
        `<non-unique ${YANG} xmlns:s="${SHOP}">/s:shop/s:server[s:name='b']/s:ip</non-unique>` +
          `<non-unique ${YANG} xmlns:s="${SHOP}">/s:shop/s:server[s:name='b']/s:place/s:port</non-unique>`,
      ),
    ],
    [
      "15.1 unique, of a leaf in a case",
      entry("a", "<licence>7</licence>") + entry("b'c", "<licence>7</licence>"),
      refused(
        "operation-failed",
        "data-not-unique",
        `/s:shop/s:server[s:name="b'c"]`,
        `Unique data leaf(s) "paid/plan/licence" not satisfied in "/shop:shop/server[name='a']" and "/shop:shop/server[name="b'c"]".`,
        `<non-unique ${YANG} xmlns:s="${SHOP}">/s:shop/s:server[s:name="b'c"]/s:licence</non-unique>`,
      ),
    ],
    [
      "15.2 max-elements, of a list: once, and of the list",
      ["1", "2", "3", "4", "5"].map((name) => entry(name, "")).join(""),
      refused("operation-failed", "too-many-elements", "/s:shop/s:server", 'Too many "server" instances.'),
    ],
    [
      "15.2 max-elements, of a leaf-list",
      "<tag>a</tag><tag>b</tag><tag>c</tag><tag>d</tag>",
      refused("operation-failed", "too-many-elements", "/s:shop/s:tag", 'Too many "tag" instances.'),
    ],
    [
      "15.3 min-elements",
      "<crew><early/><member>a</member><boat><id>1</id></boat></crew>",
      refused("operation-failed", "too-few-elements", "/s:shop/s:crew/s:member", 'Too few "member" instances.'),
    ],
    [
      "15.4 must",
      "<counter><id>1</id><mtu>5</mtu></counter>",
      refused(
        "operation-failed",
        "must-violation",
        "/s:shop/s:counter[s:id='1']/s:mtu",
        'Must condition ". &gt;= 100" not satisfied.',
      ),
    ],
    [
      "15.4 must with an error-app-tag of its own",
      "<counter><id>1</id><speed>50</speed></counter>",
      refused("operation-failed", "too-fast", "/s:shop/s:counter[s:id='1']/s:speed", "Too fast."),
    ],
    [
      "15.5 require-instance, of a leafref",
      "<default-server>x</default-server>",
      refused(
        "data-missing",
        "instance-required",
        "/s:shop/s:default-server",
        "'x' is referred to but does not exist (../server/name). Create it, or keep it until nothing refers to it.",
      ),
    ],
    [
      "15.5 require-instance, of an instance-identifier",
      `<anything xmlns:s="${SHOP}">/s:shop/s:tag[.='x']</anything>`,
      refused(
        "data-missing",
        "instance-required",
        "/s:shop/s:anything",
        `Invalid instance-identifier "/shop:shop/tag[.='x']" value - required instance not found.`,
      ),
    ],
    [
      "15.6 a mandatory choice",
      "<crew><member>a</member><member>b</member><boat><id>1</id></boat></crew>",
      refused(
        "data-missing",
        "missing-choice",
        "/s:shop/s:crew",
        'Mandatory choice "shift" data do not exist.',
        `<missing-choice ${YANG}>shift</missing-choice>`,
      ),
    ],
    [
      "15.7 insert",
      '<queue yang:insert="before" yang:value="9">5</queue>',
      refused(
        "bad-attribute",
        "missing-instance",
        "/s:shop/s:queue[.='5']",
        `The attribute "value" of 'queue' names an entry that does not exist in the target datastore.`,
        "<bad-attribute>value</bad-attribute><bad-element>queue</bad-element>",
      ),
    ],
  ])("%s", async (_, children, answer) => {
    await example(client, edit(shop(children)), answer);
    expect(await running()).toBe("");
  });

  test("15.1 also where running has the other entry", async () => {
    await example(client, edit(shop(entry("a", same))), DONE);
    const answer = await asked(client, edit(shop(entry("b", same))));
    expect(answer).toContain(`/s:place/s:port</non-unique>`);
    expect(answer.match(/<non-unique /g)?.length).toBe(2);
  });
});
