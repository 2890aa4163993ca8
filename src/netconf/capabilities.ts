import type { LibraryModule, YangLibrary } from "../yang/yang-library.ts";

export const BASE_1_0 = "urn:ietf:params:netconf:base:1.0";
export const BASE_1_1 = "urn:ietf:params:netconf:base:1.1";

/** RFC 6241 section 10.4: what the protocol layer can do, the modules' capabilities not included. */
const protocolCapabilities = (urlSchemes: readonly string[]): readonly string[] => [
  BASE_1_0,
  BASE_1_1,
  "urn:ietf:params:netconf:capability:writable-running:1.0",
  "urn:ietf:params:netconf:capability:candidate:1.0",
  "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
  "urn:ietf:params:netconf:capability:confirmed-commit:1.1",
  "urn:ietf:params:netconf:capability:rollback-on-error:1.0",
  "urn:ietf:params:netconf:capability:startup:1.0",
  "urn:ietf:params:netconf:capability:validate:1.0",
  "urn:ietf:params:netconf:capability:validate:1.1",
  "urn:ietf:params:netconf:capability:xpath:1.0",
  // RFC 6243 section 4.3.
  "urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=explicit&also-supported=report-all,report-all-tagged,trim",
  "urn:ietf:params:netconf:capability:notification:1.0",
  "urn:ietf:params:netconf:capability:interleave:1.0",
  // RFC 5717 section 2.3.
  "urn:ietf:params:netconf:capability:partial-lock:1.0",
  ...(urlSchemes.length === 0 ? [] : [`urn:ietf:params:netconf:capability:url:1.0?scheme=${urlSchemes.join(",")}`]),
];

/** All capabilities of the server: those of the protocol, and what tells of its modules. */
export function serverCapabilities(
  { contentId, modules }: YangLibrary,
  urlSchemes: readonly string[],
): readonly string[] {
  const library = modules.find(({ name }) => name === "ietf-yang-library")?.revision;
  return [
    ...protocolCapabilities(urlSchemes),
    // RFC 7950 section 5.6.4 and, since the library tells of datastores too, RFC 8526 section 2.
    `urn:ietf:params:netconf:capability:yang-library:1.0?revision=${library}&module-set-id=${contentId}`,
    `urn:ietf:params:netconf:capability:yang-library:1.1?revision=${library}&content-id=${contentId}`,
    ...modules.filter(isInHello).map(moduleCapability),
  ];
}

/** RFC 7950 section 1.1: modules in YANG 1.1 are told of by the library, instead of by capabilities. */
const isInHello = ({ isImplemented, yangVersion }: LibraryModule): boolean => isImplemented && yangVersion === "1";

/** RFC 6020 section 5.6.4. */
function moduleCapability({ name, revision, namespace, features, deviations }: LibraryModule): string {
  const parameters = [
    `module=${name}`,
    ...(revision === undefined ? [] : [`revision=${revision}`]),
    ...(features.length === 0 ? [] : [`features=${features.join(",")}`]),
    ...(deviations.length === 0 ? [] : [`deviations=${deviations.join(",")}`]),
  ];
  return `${namespace}?${parameters.join("&")}`;
}
