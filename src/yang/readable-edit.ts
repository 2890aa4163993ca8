import type { Job } from "../job.ts";
import type { SchemaAccess } from "./data-access.ts";
import { parseConfig } from "./parse-config.ts";
import { readableNodes } from "./prune-unreadable.ts";
import type { Schema } from "./schema.ts";

/** What may be read (RFC 8341 section 3.2.4) of an edit, given as a `<config>`. Throws `YangError`. */
export function* readableEdit({ context }: Schema, config: string, access: SchemaAccess): Job<string> {
  const parsed = parseConfig(context, config);
  try {
    let content = "";
    for (const root of yield* readableNodes(parsed.roots, access)) {
      content += root.print();
      yield;
    }
    return `<config>${content}</config>`;
  } finally {
    parsed.dispose();
  }
}
