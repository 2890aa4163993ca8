import { type Context, type DataNode, type ParsedRpc, YangError } from "libyang-wasm";
import { badElement, malformedMessage } from "../errors/constructors.ts";
import { misplaced } from "./misplaced.ts";

/** A prefix no client would choose, so that ours cannot clash with those in scope. */
const ENVELOPE = "bmpconfd-envelope";
const HAS_ONLY_TEXT = /^<[^>]*>\s*[^\s<]/;
const NETCONF_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** The content of a `<config>` as libyang reads it. */
export interface ParsedConfig {
  /** The top-level nodes, with `nc:operation` as metadata; what the schema does not know is kept as opaque nodes. */
  readonly roots: readonly DataNode[];
  /** Frees the nodes. */
  dispose(): void;
}

/** Parses a `<config>` element, its namespaces declared on it. Throws `RpcError`, and `YangError` for what it holds. */
export function parseConfig(context: Context, config: string): ParsedConfig {
  // libyang takes C strings: it would see the configuration only up to here.
  if (config.includes("\0")) throw malformedMessage("The configuration has a NUL character, which XML does not allow.");
  const parsed = parse(context, config);
  const parameter = parsed.operation.children().find(({ name }) => name === "config");
  const roots = parameter?.anyChildren() ?? [];
  if (roots.length === 0 && HAS_ONLY_TEXT.test(config)) {
    parsed.dispose();
    throw badElement("config", "<config> holds text where configuration elements belong.");
  }
  return { roots, dispose: () => parsed.dispose() };
}

function parse(context: Context, config: string): ParsedRpc {
  const rpc = editRpc(config);
  return parseFitting(context, rpc) ?? parseAny(context, rpc);
}

/** libyang reads `nc:operation` and the rest of edit-config's rules only inside the operation itself. */
function editRpc(config: string): string {
  const open = `${ENVELOPE}:rpc xmlns:${ENVELOPE}="${NETCONF_NAMESPACE}"`;
  const edit = `<${ENVELOPE}:edit-config><${ENVELOPE}:target><${ENVELOPE}:candidate/></${ENVELOPE}:target>${config}</${ENVELOPE}:edit-config>`;
  return `<${open} message-id="0">${edit}</${ENVELOPE}:rpc>`;
}

/** What holds nothing but nodes of the model, as most configurations do, is read faster so; undefined for the others. */
function parseFitting(context: Context, rpc: string): ParsedRpc | undefined {
  try {
    return context.parseRpc(rpc, { unknown: "reject" });
  } catch (error) {
    if (error instanceof YangError) return undefined;
    throw error;
  }
}

function parseAny(context: Context, rpc: string): ParsedRpc {
  try {
    return context.parseRpc(rpc);
  } catch (error) {
    if (error instanceof YangError && error.items.some(({ validationCode }) => validationCode.startsWith("SYNTAX"))) {
      throw (
        misplaced(error.items[0]?.message ?? "", { type: "application", cause: error }) ??
        malformedMessage(`The configuration is not well-formed XML: ${error.message}`, { cause: error })
      );
    }
    throw error;
  }
}
