import { FORMATS, PARSE } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { DataTree } from "./data-tree.ts";
import type { DataFormat } from "./print.ts";
import { rejectNul } from "./wasm-memory.ts";

/** How Context.parseData reads. */
export interface ParseDataOptions {
  /** "xml" unless told. LYB only from the same build: it is not checked as the others are. */
  format?: DataFormat;
  /** Data the model does not have: an error (unless told), kept as opaque nodes, or left out. */
  unknown?: "reject" | "keep-opaque" | "drop";
  /** Accept state data; on unless told. */
  allowState?: boolean;
  /** The input is in the model's order, as printed by libyang: about a fifth faster. Wrong use gives wrong data. */
  ordered?: boolean;
}

const UNKNOWN = { reject: PARSE.strict, "keep-opaque": PARSE.opaque, drop: 0 } as const;

/**
 * @internal Parses, never validates: libyang's validation of several errors within a parse call reads nodes it has
 * freed, and the caller could not tell a bad value from a broken rule.
 */
export function parseData(core: ContextCore, text: string | Uint8Array, options: ParseDataOptions): DataTree {
  const format = options.format ?? "xml";
  if (format !== "lyb") rejectNul(text, "the data");
  const flags =
    PARSE.only |
    UNKNOWN[options.unknown ?? "reject"] |
    (options.allowState === false ? PARSE.noState : 0) |
    (options.ordered === true ? PARSE.ordered : 0);
  const { engine } = core;
  const result = engine.withStrings([text], (address = 0) =>
    engine.call.lyw_parse_data(core.address, address, FORMATS[format], flags, engine.out(0)),
  );
  const first = engine.result(0);
  core.checkParsed(result);
  core.forgetErrors();
  return new DataTree(core, first);
}
