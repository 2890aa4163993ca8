import { Libyang, loadLibyangModule, readPackagedYangModule } from "libyang-wasm";

const libyang = Libyang.instantiate(await loadLibyangModule(), { importModule: readPackagedYangModule });
const counts = () => [libyang.liveContexts, libyang.liveOwners];
let during;
{
  using context = libyang.createContext();
  context.loadModule("ietf-interfaces");
  using data = context.parseData('<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"/>');
  context.validate(data, { noState: true });
  during = counts();
}
console.log(JSON.stringify({ during, after: counts() }));
