/** Edits a copy of some data, and carries the difference over to the original and back. */
import { Libyang, loadLibyangModule, readPackagedYangModule } from "libyang-wasm";

const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const context = libyang.createContext();
for (const name of ["ietf-interfaces", "iana-if-type"]) context.loadModule(name);
const interfacePath = (name) => `/ietf-interfaces:interfaces/interface[name='${name}']`;
const show = (title, tree) => console.log(`${title}:\n${tree.print({ pretty: true })}`);

const running = context.emptyTree();
for (const name of ["eth0", "eth1"]) running.setPath(`${interfacePath(name)}/type`, "iana-if-type:ethernetCsmacd");
context.validate(running);
const before = running.duplicate();

// By path, and by node.
const candidate = running.duplicate();
candidate.setPath(`${interfacePath("eth0")}/description`, "to the lighthouse");
candidate.findPath(`${interfacePath("eth0")}/enabled`).changeValue("false");
candidate.findPath(interfacePath("eth1")).remove();
context.validate(candidate);

// With defaults, so that applying it gives the very same, marks and all.
const changes = running.diff(candidate, { defaults: true });
show("the difference", changes);
running.applyDiff(changes);
console.log("the same as the candidate:", running.isEqual(candidate));

const back = changes.reverseDiff();
running.applyDiff(back);
console.log("as before:", running.isEqual(before));

// Two differences one after the other make one.
changes.mergeDiff(back);
show("nothing, all in all", changes);

// Merging adds and changes, and never removes.
running.merge(candidate);
show("merged", running);

// A subtree can leave its tree, and enter another one.
const eth1 = running.findPath(interfacePath("eth1")).unlink();
const { path } = candidate.first().insertChild(eth1);
console.log("moved:", path, running.findPath(interfacePath("eth1")) === undefined);

for (const tree of [running, before, candidate, changes, back]) tree.dispose();
context.dispose();
