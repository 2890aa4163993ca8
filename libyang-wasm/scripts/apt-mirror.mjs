/** Which Debian mirror this machine uses, read from its own apt configuration. Nothing there is changed. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readIfAny } from "./digest.mjs";

const DEFAULT_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Entries of one-line style: `deb [signed-by=FILE] URI SUITE COMPONENT...`. */
function parseOneLineStyle(text) {
  const entries = [];
  for (const line of text.split("\n")) {
    const match = /^\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    if (match === null) continue;
    const signedBy = /signed-by=(\S+)/i.exec(match[1] ?? "")?.[1];
    entries.push({ uri: match[2], suites: [match[3]], signedBy });
  }
  return entries;
}

/** Entries of deb822 style: stanzas of `Field: value`. */
function parseStanzas(text) {
  const entries = [];
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name) => new RegExp(`^${name}:[ \\t]*(.+)$`, "im").exec(stanza)?.[1]?.trim();
    if (/^no$/i.test(field("Enabled") ?? "")) continue;
    const signedBy = field("Signed-By");
    for (const uri of field("URIs")?.split(/\s+/) ?? []) {
      entries.push({
        uri,
        suites: field("Suites")?.split(/\s+/) ?? [],
        signedBy: signedBy?.startsWith("/") ? signedBy : undefined,
      });
    }
  }
  return entries;
}

function configuredEntries(etcApt) {
  const entries = parseOneLineStyle(readIfAny(join(etcApt, "sources.list")) ?? "");
  const parts = join(etcApt, "sources.list.d");
  for (const name of readdirSync(parts).sort()) {
    const text = readIfAny(join(parts, name)) ?? "";
    if (name.endsWith(".list")) entries.push(...parseOneLineStyle(text));
    if (name.endsWith(".sources")) entries.push(...parseStanzas(text));
  }
  return entries;
}

/**
 * The archive and, when configured, the security archive, each with its keyring.
 * Returns undefined when the machine names no Debian archive.
 */
export function findMirror(etcApt = "/etc/apt") {
  const entries = configuredEntries(etcApt);
  const withSuite = (pattern) => entries.find(({ suites }) => suites.some((suite) => pattern.test(suite)));
  const archive = withSuite(/^(bookworm|trixie|stable|testing|sid)$/);
  if (archive === undefined) return undefined;
  const security = withSuite(/^(bookworm|trixie|stable)-security$/);
  const describe = (entry) => entry && { uri: entry.uri, keyring: entry.signedBy ?? DEFAULT_KEYRING };
  return { archive: describe(archive), security: describe(security) };
}
