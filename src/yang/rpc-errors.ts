import { type Context, YangError, type YangErrorItem } from "libyang-wasm";
import { type ErrorInfo, type ErrorTag, RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import { allInstances } from "./data-path.ts";
import { toErrorPath } from "./error-path.ts";
import { yangLimits } from "./limits.ts";
import { nonUniqueLeafs } from "./non-unique.ts";

/** What `call` gives; libyang's errors become RFC 6241's. A trap passes as it is: the instance is lost. */
export function refusing<T>(context: Context, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof YangError ? toRpcError(context, error) : error;
  }
}

/** The same for a job. */
export function* refusingJob<T>(context: Context, job: Job<T>): Job<T> {
  try {
    return yield* job;
  } catch (error) {
    throw error instanceof YangError ? toRpcError(context, error) : error;
  }
}

/** What libyang found wrong, as RFC 6241 and RFC 7950 section 15 name it. */
export function toRpcError(context: Context, error: YangError): RpcError {
  const phase = error.phase === "validate" ? "validate" : "parse";
  const entries = error.items.slice(0, yangLimits.errorsReported).map((item) => toEntry(context, item, phase));
  if (entries.length > 0) return new RpcError(entries, { cause: error });
  return new RpcError({ type: "application", tag: "operation-failed", message: error.message }, { cause: error });
}

/** One of them. `phase` decides what a model's own message hides: a bad value, or a constraint. */
export function toEntry(
  context: Context,
  item: YangErrorItem,
  phase: "parse" | "validate",
  path = item.dataPath,
): RpcErrorEntry {
  const { tag, appTag, info } = classify(context, item, phase);
  const chosenAppTag = item.appTag ?? appTag;
  return {
    type: "application",
    tag,
    message:
      tag === "data-missing" && chosenAppTag === "instance-required" ? danglingReference(item) : readable(item.message),
    ...(chosenAppTag === undefined ? {} : { appTag: chosenAppTag }),
    ...(path === undefined || path === "/"
      ? {}
      : { path: toErrorPath(context, isOfAll(item) ? allInstances(path) : path) }),
    ...(info === undefined ? {} : { info }),
  };
}

/** RFC 7950 sections 15.2 and 15.3: what is wrong is the list, not one of its entries. */
const isOfAll = ({ message }: YangErrorItem): boolean => /^Too (?:many|few)/.test(message);

interface Classified {
  readonly tag: ErrorTag;
  readonly appTag?: string;
  readonly info?: ErrorInfo;
}

/** libyang tells kinds of error apart by its messages alone, so they are what the rules match. */
const RULES: readonly [
  RegExp,
  "parse" | "validate" | "both",
  (match: RegExpExecArray, context: Context, item: YangErrorItem) => Classified,
][] = [
  [/^Node "([^"]+)" not found/, "both", ([, badElement = ""]) => ({ tag: "unknown-element", info: { badElement } })],
  [
    /^No (?:\(implemented\) )?module with namespace "([^"]*)"(?: of node "([^"]+)")?/,
    "both",
    ([, badNamespace = "", badElement = ""]) => ({ tag: "unknown-namespace", info: { badElement, badNamespace } }),
  ],
  [
    /^List instance is missing its key "([^"]+)"/,
    "both",
    ([, badElement = ""]) => ({ tag: "missing-element", info: { badElement } }),
  ],
  [
    /^Invalid value ".*" for (?:container|list) "([^"]+)"/s,
    "parse",
    ([, badElement = ""]) => ({ tag: "bad-element", info: { badElement } }),
  ],
  [/^When condition/, "validate", () => ({ tag: "unknown-element" })],
  [/^Mandatory node "([^"]+)"/, "validate", ([, badElement = ""]) => ({ tag: "data-missing", info: { badElement } })],
  [
    /^Mandatory choice "([^"]+)"/,
    "validate",
    ([, missingChoice = ""]) => ({ tag: "data-missing", appTag: "missing-choice", info: { missingChoice } }),
  ],
  [
    /^Unique data leaf\(s\) "([^"]+)"/,
    "validate",
    ([, leafs = ""], context, { dataPath = "" }) => ({
      tag: "operation-failed",
      appTag: "data-not-unique",
      info: { nonUnique: nonUniqueLeafs(context, dataPath, leafs) },
    }),
  ],
  [/^Too many/, "validate", () => ({ tag: "operation-failed", appTag: "too-many-elements" })],
  [/^Too few/, "validate", () => ({ tag: "operation-failed", appTag: "too-few-elements" })],
  [/^Duplicate instance of "([^"]+)"/, "both", ([, badElement = ""]) => ({ tag: "bad-element", info: { badElement } })],
];

function classify(context: Context, item: YangErrorItem, phase: "parse" | "validate"): Classified {
  if (item.code === "ELIMIT" || item.code === "EMEM") return { tag: "resource-denied" };
  for (const [pattern, when, result] of RULES) {
    if (when !== "both" && when !== phase) continue;
    const match = pattern.exec(item.message);
    if (match !== null) return result(match, context, item);
  }
  if (item.validationCode.startsWith("SYNTAX")) return { tag: "malformed-message" };
  // RFC 7950 section 15.5: a reference to an instance that does not exist.
  if (item.appTag === "instance-required") return { tag: "data-missing" };
  const attribute = /([^/:]+)(?:\[[^/]*)?\/@(?:[^/:]+:)?([^/:]+)$/.exec(item.dataPath ?? "");
  if (attribute !== null) {
    const [, badElement = "", badAttribute = ""] = attribute;
    return { tag: "bad-attribute", info: { badAttribute, badElement } };
  }
  // RFC 7950 section 8.3.1: a value outside its type; section 15: every other constraint.
  if (phase === "parse") return { tag: "invalid-value" };
  return { tag: "operation-failed", appTag: "must-violation" };
}

/** libyang tells how each type of a union failed to take the value; what counts is what is referred to. */
function danglingReference({ message }: YangErrorItem): string {
  const [, value, path] = /Invalid leafref value "([^"]*)" - no target instance "([^"]*)"/.exec(message) ?? [];
  if (value === undefined || path === undefined) return readable(message);
  return `'${value}' is referred to but does not exist (${path}). Create it, or keep it until nothing refers to it.`;
}

/** One line, without the names of libyang's type plugins, and cut where libyang repeats a value however long it is. */
function readable(message: string): string {
  const limit = yangLimits.errorMessageChars;
  const cut = message.length <= limit ? message : `${message.slice(0, limit)}…`;
  return cut
    .replace(/libyang \d+ - [\w-]+, version \d+: /g, "")
    .replace(/\s+/g, " ")
    .trim();
}
