/** Takes NETCONF messages apart: an edit-config with a mistake in it, a reply, and a notification. */
import { Libyang, loadLibyangModule, readPackagedYangModule, YangError } from "libyang-wasm";

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";
const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const context = libyang.createContext();
context.loadModule("ietf-netconf", { features: ["candidate", "validate"] });
for (const name of ["ietf-interfaces", "iana-if-type", "ietf-netconf-notifications"]) context.loadModule(name);

const request = context.parseRpc(`<rpc xmlns="${NETCONF}" message-id="101">
  <edit-config>
    <target><candidate/></target>
    <config xmlns:nc="${NETCONF}">
      <interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">
        <interface nc:operation="delete"><name>eth0</name></interface>
        <interface><name>eth1</name><enabled>perhaps</enabled></interface>
      </interfaces>
    </config>
  </edit-config>
</rpc>`);
console.log(request.operation.name, request.envelope.first().attributes());
context.validateRpc(request);

/** What an edit asks for; whatever does not fit the model is an opaque node there. */
function showEdit(node, indent = "") {
  const operations = node.metadata().map(({ name, value }) => `${name}=${value}`);
  console.log(`${indent}${node.name} ${node.value ?? ""} ${operations.join(" ")}`.trimEnd());
  const error = node.opaqueError();
  if (error !== undefined) console.log(`${indent}  ^ ${error.dataPath}: ${error.message}`);
  for (const child of node.children()) showEdit(child, `${indent}  `);
}
const config = request.operation.children().find(({ name }) => name === "config");
for (const node of config.anyChildren()) showEdit(node);

// Mandatory input that is not there is for validateRpc to say.
const incomplete = context.parseRpc(
  `<rpc xmlns="${NETCONF}" message-id="102"><edit-config><target/></edit-config></rpc>`,
);
try {
  context.validateRpc(incomplete);
} catch (error) {
  if (!(error instanceof YangError)) throw error;
  console.log(error.items.map(({ message }) => message));
}

// A reply says what it is a reply to only by the order of messages: the caller knows.
const get = context.parseRpc(`<rpc xmlns="${NETCONF}" message-id="103"><get/></rpc>`);
const reply = context.parseReply(
  `<rpc-reply xmlns="${NETCONF}" message-id="103"><data>
    <interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"><interface><name>eth0</name></interface></interfaces>
  </data></rpc-reply>`,
  get.operation,
);
context.validateReply(reply);
const [data] = reply.operation.children();
console.log(
  data.name,
  data.anyChildren().map((node) => node.print()),
);

const notification = context.parseNotification(`<notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0">
  <eventTime>2026-01-01T00:00:00Z</eventTime>
  <netconf-session-start xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-notifications">
    <username>rosa</username><session-id>7</session-id><source-host>192.0.2.7</source-host>
  </netconf-session-start>
</notification>`);
context.validateNotification(notification);
const { notification: event } = notification;
console.log(
  event.name,
  event.children().map(({ name, value }) => `${name}=${value}`),
);

for (const owner of [request, incomplete, get, reply, notification]) owner.dispose();
context.dispose();
