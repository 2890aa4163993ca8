import type { NodeDescription } from "../../yang/node-descriptions.ts";
import type { DataElement } from "../data-reader.ts";

const LABEL_COLUMNS = 28;

/** `last-change` as people read it. */
const label = (name: string): string => {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** An element of the data with all in it, as lines with a label each: what a module adds is here by itself. */
export function* stateLines(
  element: DataElement,
  described: NodeDescription | undefined,
  indent = "",
): Iterable<string> {
  const seen = new Set<string>();
  for (const child of element.children) {
    const description = described?.children.find(({ name }) => name === child.name);
    const kind = description?.kind ?? (child.children.length > 0 ? "container" : "leaf");
    if (kind === "leaf") yield leafLine(indent, child.name, child.text, description?.units);
    else if (kind === "leaf-list") {
      if (seen.size === seen.add(child.name).size) continue;
      const values = element.children.filter(({ name }) => name === child.name).map(({ text }) => text);
      yield leafLine(indent, child.name, values.join(", "), description?.units);
    } else {
      yield `${indent}${label(child.name)}:`;
      yield* stateLines(child, description, `${indent}  `);
    }
  }
}

const leafLine = (indent: string, name: string, value: string, units: string | undefined): string =>
  `${indent}${label(name).padEnd(LABEL_COLUMNS - indent.length)}: ${value}${units === undefined ? "" : ` ${units}`}`;

/** How long ago a time was, `00h05m10s` or `3d04h`; `-` when there is no time. */
export function age(time: string | undefined, nowMs: number): string {
  if (time === undefined) return "-";
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(time)) / 1000));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  if (days > 0) return `${days}d${two((seconds % 86_400) / 3600)}h`;
  return `${two(seconds / 3600)}h${two((seconds % 3600) / 60)}m${two(seconds % 60)}s`;
}

/** Rows with columns as wide as what is in them. */
export function* table(heads: readonly string[], rows: readonly (readonly string[])[]): Iterable<string> {
  const widths = heads.map((head, index) =>
    rows.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), head.length),
  );
  for (const row of [heads, ...rows]) {
    yield ` ${row.map((cell, index) => cell.padEnd(widths[index] as number)).join("  ")}`.trimEnd();
  }
}
