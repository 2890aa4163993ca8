import { Libyang, loadLibyangModule, readPackagedYangModule } from "libyang-wasm";

/** The name of the error that a call throws. */
function errorName(call) {
  try {
    call();
  } catch (error) {
    return error.name;
  }
}

const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const context = libyang.createContext();
for (const name of ["ietf-interfaces", "iana-if-type"]) context.loadModule(name);

const interfaces = (content) =>
  `<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"><interface><name>eth0</name>${content}</interface></interfaces>`;
const TYPE = '<type xmlns:t="urn:ietf:params:xml:ns:yang:iana-if-type">t:ethernetCsmacd</type>';

let refused;
const bad = context.parseData(interfaces(""));
try {
  context.validate(bad, { noState: true });
} catch (error) {
  refused = error.items.map(({ dataPath, message }) => ({ dataPath, message }));
}
bad.dispose();

const data = context.parseData(interfaces(`<description>Käthe 🍎</description>${TYPE}`));
context.validate(data, { noState: true });
const json = JSON.parse(data.print({ format: "json", withDefaults: "report-all" }));
const found = data.find("//ietf-interfaces:interface[contains(description, '🍎')]/enabled").map(({ value }) => value);
const changed = data.duplicate();
changed.setPath("/ietf-interfaces:interfaces/interface[name='eth0']/enabled", "false");
const diff = data.diff(changed, { defaults: true });
const text = diff.print();
const reverse = diff.reverseDiff();
const applied = data.duplicate();
applied.applyDiff(diff);
const isSameAfterDiff = applied.isEqual(changed);
applied.applyDiff(reverse);
const isSameAfterReverse = applied.isEqual(data);
for (const tree of [data, changed, diff, reverse, applied]) tree[Symbol.dispose]();
const afterDisposal = errorName(() => data.print());
const { liveOwners } = libyang;
context[Symbol.dispose]();
const { version, liveContexts } = libyang;
errorName(() => libyang.abortForTest());
const afterTrap = errorName(() => libyang.createContext());

console.log(
  JSON.stringify({
    libyang: version,
    refused,
    json,
    found,
    diff: text,
    isSameAfterDiff,
    isSameAfterReverse,
    afterDisposal,
    liveOwners,
    liveContexts,
    afterTrap,
  }),
);
