/** Serve the package's folder, and open examples/browser/ in a browser. */
import { fetchPackagedYangModules, Libyang, loadLibyangModule, YangError } from "libyang-wasm";

const [wasm, importModule] = await Promise.all([loadLibyangModule(), fetchPackagedYangModules()]);
const libyang = Libyang.instantiate(wasm, { importModule });
const context = libyang.createContext();
for (const name of ["ietf-interfaces", "iana-if-type", "ietf-ip"]) context.loadModule(name);

const input = document.querySelector("#xml");
const button = document.querySelector("#check");
const result = document.querySelector("#result");

/** The document as JSON, or what is wrong with it. */
function check(xml) {
  let data;
  try {
    data = context.parseData(xml);
    context.validate(data, { noState: true });
    return data.print({ format: "json", pretty: true, withDefaults: "report-all" });
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    return error.items.map(({ dataPath, line, message }) => `${dataPath ?? `line ${line}`}: ${message}`).join("\n");
  } finally {
    data?.dispose();
  }
}

button.addEventListener("click", () => {
  result.textContent = check(input.value);
});
result.textContent = `libyang ${libyang.version} is ready.`;
button.disabled = false;
