/** The same operations through the package's API, as any user of it has them: copies into and out of wasm count. */
import { Libyang, loadLibyangModule } from "../dist/index.js";

export class WasmSide {
  #context;
  #xml;
  #data;
  #changed;
  #difference;
  #printed = new Uint8Array(0);

  /** `xml` and `changedXml` are the two documents, in UTF-8. */
  static async create({ yang, xml, changedXml }) {
    return new WasmSide(Libyang.instantiate(await loadLibyangModule()).createContext(), yang, xml, changedXml);
  }

  constructor(context, yang, xml, changedXml) {
    context.parseModule(yang);
    this.#context = context;
    this.#xml = xml;
    this.#changed = context.parseData(changedXml);
    context.validate(this.#changed);
  }

  /** Does "parse", "validate", "print" or "diff". Returns milliseconds; what the last round left is freed before. */
  measure(operation) {
    if (operation === "parse") this.#data?.dispose();
    if (operation === "diff") this.#difference?.dispose();
    const startMs = performance.now();
    if (operation === "parse") this.#data = this.#context.parseData(this.#xml);
    else if (operation === "validate") this.#context.validate(this.#data);
    else if (operation === "print") this.#printed = this.#data.printBytes();
    else this.#difference = this.#data.diff(this.#changed);
    return performance.now() - startMs;
  }

  /** What print and diff made, as text. */
  results() {
    return { printed: new TextDecoder().decode(this.#printed), difference: this.#difference.print() };
  }

  /** Frees everything. */
  close() {
    this.#context.dispose();
  }
}
