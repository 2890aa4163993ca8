import { FORMATS, PRINT, WITH_DEFAULTS } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";

/** XML and JSON as in RFC 7950 and 7951; LYB is libyang's own binary form, to be read by the same build only. */
export type DataFormat = "xml" | "json" | "lyb";

/**
 * Which defaults to show: the modes of RFC 6243 §3. Default data is what "explicit" as a basic mode has for it (§2.3): what
 * nobody set, whatever its value.
 */
export type WithDefaults = "explicit" | "trim" | "report-all" | "report-all-tagged";

/** How data is printed. */
export interface PrintOptions {
  /** "xml" unless told. */
  format?: DataFormat;
  /** "explicit" unless told. "report-all-tagged" tags only when ietf-netconf-with-defaults is in the context. */
  withDefaults?: WithDefaults;
  /** Line breaks and indentation; off unless told. */
  pretty?: boolean;
  /** Also show containers without content and presence; off unless told. */
  keepEmptyContainers?: boolean;
}

/** @internal Prints a node (0 for an empty tree), with the siblings that follow it if told. */
export function printBytes(core: ContextCore, node: number, options: PrintOptions, siblings: boolean): Uint8Array {
  if (node === 0) return new Uint8Array(0);
  const { engine } = core;
  const flags =
    (siblings ? PRINT.siblings : 0) |
    (options.pretty === true ? 0 : PRINT.shrink) |
    (options.keepEmptyContainers === true ? PRINT.keepEmptyContainers : 0) |
    WITH_DEFAULTS[options.withDefaults ?? "explicit"];
  const format = FORMATS[options.format ?? "xml"];
  core.check(engine.call.lyw_print(node, format, flags, engine.out(0), engine.out(1)), "other");
  const text = engine.result(0);
  const bytes = engine.memory.bytes.slice(text, text + engine.result(1));
  if (text !== 0) engine.call.lyw_free(text);
  return bytes;
}

/** @internal */
export function printText(core: ContextCore, node: number, options: PrintOptions, siblings: boolean): string {
  return decoder.decode(printBytes(core, node, options, siblings));
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
