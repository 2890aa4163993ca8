import type { Context, YangError, YangErrorItem } from "libyang-wasm";
import { type ErrorTag, RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { yangLimits } from "./limits.ts";
import { toErrorPath } from "./error-path.ts";

/** What libyang found wrong, as RFC 6241 and RFC 7950 section 15 name it. */
export function toRpcError(context: Context, error: YangError): RpcError {
  const phase = error.phase === "validate" ? "validate" : "parse";
  const entries = error.items.slice(0, yangLimits.errorsReported).map((item) => toEntry(context, item, phase));
  if (entries.length > 0) return new RpcError(entries, { cause: error });
  return new RpcError({ type: "application", tag: "operation-failed", message: error.message }, { cause: error });
}

/** One of them. `phase` decides what a model's own message hides: a bad value, or a constraint. */
export function toEntry(context: Context, item: YangErrorItem, phase: "parse" | "validate", path = item.dataPath): RpcErrorEntry {
  const { tag, appTag, badElement, badNamespace } = classify(item, phase);
  const chosenAppTag = item.appTag ?? appTag;
  return {
    type: "application",
    tag,
    message: truncate(item.message),
    ...(chosenAppTag === undefined ? {} : { appTag: chosenAppTag }),
    ...(path === undefined ? {} : { path: toErrorPath(context, path) }),
    ...(badElement === undefined
      ? {}
      : { info: { badElement, ...(badNamespace === undefined ? {} : { badNamespace }) } }),
  };
}

interface Classified {
  readonly tag: ErrorTag;
  readonly appTag?: string;
  readonly badElement?: string;
  readonly badNamespace?: string;
}

/** libyang tells kinds of error apart by its messages alone, so they are what the rules match. */
const RULES: readonly [RegExp, "parse" | "validate" | "both", (match: RegExpExecArray) => Classified][] = [
  [/^Node "([^"]+)" not found/, "both", ([, name = ""]) => ({ tag: "unknown-element", badElement: name })],
  [
    /^No module with namespace "([^"]*)"/,
    "both",
    ([, namespace = ""]) => ({ tag: "unknown-namespace", badElement: "config", badNamespace: namespace }),
  ],
  [/List instance is missing its key "([^"]+)"/, "both", ([, key = ""]) => ({ tag: "missing-element", badElement: key })],
  [/^When condition/, "validate", () => ({ tag: "unknown-element" })],
  [/^Mandatory node "([^"]+)"/, "validate", ([, name = ""]) => ({ tag: "data-missing", badElement: name })],
  [/^Mandatory choice/, "validate", () => ({ tag: "data-missing", appTag: "missing-choice" })],
  [/^Invalid leafref value|^Invalid instance-identifier/, "validate", () => ({ tag: "data-missing", appTag: "instance-required" })],
  [/^Unique data/, "validate", () => ({ tag: "operation-failed", appTag: "data-not-unique" })],
  [/^Too many/, "validate", () => ({ tag: "operation-failed", appTag: "too-many-elements" })],
  [/^Too few/, "validate", () => ({ tag: "operation-failed", appTag: "too-few-elements" })],
  [/^Duplicate instance of "([^"]+)"/, "both", ([, name = ""]) => ({ tag: "bad-element", badElement: name })],
];

function classify(item: YangErrorItem, phase: "parse" | "validate"): Classified {
  for (const [pattern, when, result] of RULES) {
    if (when !== "both" && when !== phase) continue;
    const match = pattern.exec(item.message);
    if (match !== null) return result(match);
  }
  if (item.validationCode.startsWith("SYNTAX")) return { tag: "malformed-message" };
  // RFC 7950 section 8.3.1: a value outside its type; section 15: every other constraint.
  if (phase === "parse") return { tag: "invalid-value" };
  return { tag: "operation-failed", appTag: "must-violation" };
}

/** libyang repeats the offending value in its message, however long it was. */
function truncate(message: string): string {
  const limit = yangLimits.errorMessageChars;
  return message.length <= limit ? message : `${message.slice(0, limit)}…`;
}
