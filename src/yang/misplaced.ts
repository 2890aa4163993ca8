import { badElement, type ErrorDetails, unknownElement } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";

/** How libyang's reader says that an element has text beside elements. */
const MIXED: readonly RegExp[] = [
  /^Text value ".*" inside an inner node "([^"]+)"/s,
  /^Mixed XML content node "([^"]+)"/,
  /^Invalid character sequence "[^<]*<\/(?:[^:>"]+:)?([^>"]+)>.*expected element tag start/s,
];

/**
 * What is XML, but not as data are written in it (RFC 7950 sections 7.5.6, 7.6.6, 7.8.5), by libyang's message;
 * undefined when it says something else.
 */
export function misplaced(message: string, details: ErrorDetails): RpcError | undefined {
  for (const pattern of MIXED) {
    const [, name] = pattern.exec(message) ?? [];
    if (name !== undefined)
      return badElement(name, `<${name}> has text where only elements belong; leave it out.`, details);
  }
  const [, child, leaf] = /^Child element "([^"]+)" inside a terminal node "([^"]+)"/.exec(message) ?? [];
  if (child === undefined) return undefined;
  return unknownElement(
    child,
    `<${child}> stands in <${leaf}>, which holds nothing but a value. Leave it out.`,
    details,
  );
}
