/** Parses a document, validates it, and shows what is wrong with another one. */
import { Libyang, loadLibyangModule, readPackagedYangModule, YangError } from "libyang-wasm";

const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const context = libyang.createContext();
for (const name of ["ietf-interfaces", "iana-if-type", "ietf-ip"]) context.loadModule(name);

const interfaces = (content) => `<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"
  xmlns:ianaift="urn:ietf:params:xml:ns:yang:iana-if-type">${content}</interfaces>`;
const ethernet = (name, content = "") =>
  `<interface><name>${name}</name><type>ianaift:ethernetCsmacd</type>${content}</interface>`;
const ipv4 = (content) => `<ipv4 xmlns="urn:ietf:params:xml:ns:yang:ietf-ip">${content}</ipv4>`;

/** Prints the document as JSON, with defaults, or the errors. */
function show(xml) {
  let data;
  try {
    data = context.parseData(xml);
    context.validate(data);
    console.log(data.print({ format: "json", pretty: true, withDefaults: "report-all" }));
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    console.log(`${error.phase}: ${error.code}`);
    for (const { validationCode, dataPath, appTag, message } of error.items)
      console.log({ validationCode, dataPath, appTag, message });
  } finally {
    data?.dispose();
  }
}

show(interfaces(ethernet("eth0", ipv4("<address><ip>192.0.2.1</ip><prefix-length>24</prefix-length></address>"))));
// A value that its type does not have: parsing stops there.
show(interfaces(ethernet("eth0", ipv4("<mtu>10</mtu>"))));
// Rules between nodes are for validation, which goes on after the first that is broken.
show(interfaces(`<interface><name>eth0</name></interface>${ethernet("eth1")}${ethernet("eth1")}`));

context.dispose();
