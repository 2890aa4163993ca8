import { type ParsedNotification, YangError } from "libyang-wasm";
import type { Job } from "../job.ts";
import { yangLimits } from "./limits.ts";
import type { Schema } from "./schema.ts";
import { xpathSelection } from "./select-places.ts";
import type { XPathFilter } from "./xpath-filter.ts";

/**
 * Of which events an XPath selects anything (RFC 5277 section 3.6): the root that it begins at has the notification's
 * element, or the one that it is in at the top, for its child. What the modules do not know is not selected. One event is
 * one slice, of at most `maxNodes`. Throws `RpcError` and `YangError`.
 */
export function* selectEvents(
  schema: Schema,
  filter: XPathFilter,
  notifications: readonly string[],
  maxNodes: number = yangLimits.eventXpathNodes,
): Job<readonly boolean[]> {
  const select = xpathSelection(schema, filter, { maxNodes });
  const selected: boolean[] = [];
  for (const notification of notifications) {
    using parsed = parse(schema, notification);
    const [first] = parsed === undefined ? [] : select(parsed.notificationTree);
    selected.push(first !== undefined);
    yield;
  }
  return selected;
}

/** Undefined when no module defines it, as it may be of a version before. */
function parse(schema: Schema, notification: string): ParsedNotification | undefined {
  try {
    return schema.context.parseNotification(notification);
  } catch (error) {
    if (error instanceof YangError && error.code !== "EMEM") return undefined;
    throw error;
  }
}
