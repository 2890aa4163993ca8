import { trimWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { parseWhole } from "../xml/envelope.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import { XmlError } from "../xml/xml-error.ts";
import { BASE_1_0, BASE_1_1 } from "./capabilities.ts";

/** The protocol version both sides speak: it decides framing and, for bad messages, the error. */
export type NetconfVersion = "1.0" | "1.1";

/** The client's hello cannot open a session, which then ends without an answer (RFC 6241 section 8.1). */
export class HelloError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "HelloError";
  }
}

/** The highest version that a client's `<hello>` has in common with ours. Throws `HelloError`. */
export function negotiateVersion(message: Uint8Array): NetconfVersion {
  const hello = readHello(message);
  if (child(hello, "session-id") !== undefined) throw new HelloError("A client's hello has no session-id.");
  const offered = (child(hello, "capabilities")?.children ?? [])
    .filter((element) => isBase(element, "capability"))
    .map((element) => trimWhiteSpace(element.text));
  if (offered.includes(BASE_1_1)) return "1.1";
  if (offered.includes(BASE_1_0)) return "1.0";
  throw new HelloError("The client's hello has neither base:1.0 nor base:1.1.");
}

function readHello(message: Uint8Array): XmlElement {
  try {
    const root = parseWhole(message);
    if (isBase(root, "hello")) return root;
  } catch (error) {
    if (error instanceof XmlError) throw new HelloError(error.message);
    throw error;
  }
  throw new HelloError("The client's first message is not a hello.");
}

const isBase = (element: XmlElement, name: string) => element.namespace === NETCONF_BASE && element.name === name;

const child = (parent: XmlElement, name: string) => parent.children.find((element) => isBase(element, name));
