/** Looks for data by XPath, by path and by key, and bounds what an expression from outside may cost. */
import { Libyang, loadLibyangModule, readPackagedYangModule, YangError } from "libyang-wasm";

const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const context = libyang.createContext();
for (const name of ["ietf-interfaces", "iana-if-type"]) context.loadModule(name);
const data = context.emptyTree();
for (let index = 0; index < 1000; index += 1) {
  const path = `/ietf-interfaces:interfaces/interface[name='eth${index}']`;
  data.setPath(`${path}/type`, "iana-if-type:ethernetCsmacd");
  if (index % 100 === 0) data.setPath(`${path}/description`, `rack ${index / 100}`);
}

// Prefixes are module names; a name without one is of the module of its parent.
const racks = data.find("/ietf-interfaces:interfaces/interface[description]/name");
console.log(racks.map(({ value }) => value));
console.log(data.test("count(/ietf-interfaces:interfaces/interface) > 999"));
// Relative to a node.
const [first] = data.find("/ietf-interfaces:interfaces/interface[1]");
console.log(first.find("../interface[starts-with(description, 'rack 9')]").map(({ path }) => path));

// Where the path is known, there is no need to evaluate anything.
console.log(data.findPath("/ietf-interfaces:interfaces/interface[name='eth7']/type")?.value);
const [list] = context.findSchema("/ietf-interfaces:interfaces/interface");
console.log(data.first().findEntry(list, ["eth500"])?.findPath("description")?.value);

// The count of nodes looked at is the same on every machine.
try {
  data.find("//*[count(//*) > 5]", { maxNodes: 100_000 });
} catch (error) {
  if (!(error instanceof YangError)) throw error;
  console.log(error.code, error.message);
}

data.dispose();
context.dispose();
