import { escapeAttribute, escapeText } from "./escape.ts";

/** `<name>value</name>`; nothing when the value is undefined. `attributes`: with a space before each. */
export function textElement(name: string, value: string | number | undefined, attributes = ""): string {
  if (value === undefined) return "";
  return `<${name}${attributes}>${escapeText(String(value))}</${name}>`;
}

/** Declarations of prefixes, with a space before each. */
export const declarations = (namespaces: Readonly<Record<string, string>>): string =>
  Object.entries(namespaces)
    .map(([prefix, namespace]) => ` xmlns:${prefix}="${escapeAttribute(namespace)}"`)
    .join("");
