/** Prints the same data in other forms, keeps what no model knows, and reads and writes metadata. */
import { Libyang, loadLibyangModule, readPackagedYangModule } from "libyang-wasm";

const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const context = libyang.createContext();
for (const name of ["ietf-interfaces", "iana-if-type", "ietf-netconf-with-defaults", "ietf-origin"])
  context.loadModule(name);

const data = context.parseData(
  JSON.stringify({
    "ietf-interfaces:interfaces": { interface: [{ name: "eth0", type: "iana-if-type:ethernetCsmacd" }] },
  }),
  { format: "json" },
);
context.validate(data);
for (const withDefaults of ["explicit", "trim", "report-all", "report-all-tagged"])
  console.log(`${withDefaults}: ${data.print({ withDefaults })}`);
console.log(data.print({ format: "json", pretty: true }));

// LYB is for one and the same build: smaller, but not to be stored.
const binary = data.printBytes({ format: "lyb" });
const again = context.parseData(binary, { format: "lyb" });
console.log("LYB gives the same:", again.print() === data.print());

// Large data is printed in pieces, with time for others in between.
const writer = context.xmlWriter({ withDefaults: "report-all" });
const pieces = [];
let isComplete = writer.write(data.first(), { siblings: true, maxBytes: 64 });
for (; !isComplete; isComplete = writer.resume(64)) pieces.push(writer.take());
pieces.push(writer.take());
console.log("in pieces:", Buffer.concat(pieces).toString() === data.print({ withDefaults: "report-all" }));

// Metadata (RFC 7952): here, where a value comes from (RFC 8342 §5.3.4).
const type = data.findPath("/ietf-interfaces:interfaces/interface[name='eth0']/type");
type.addMetadata("ietf-origin", "origin", "ietf-origin:intended");
console.log(type.metadata(), type.print());

// What no model knows is refused, dropped, or kept as opaque nodes.
const unknown = '<garden xmlns="urn:example:garden" open="yes"><tree/></garden>';
const kept = context.parseData(unknown, { unknown: "keep-opaque" });
const [garden] = kept.roots();
console.log(garden.kind, garden.name, garden.namespace, garden.attributes(), kept.print());

for (const owner of [data, again, writer, kept]) owner.dispose();
context.dispose();
