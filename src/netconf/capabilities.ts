export const BASE_1_0 = "urn:ietf:params:netconf:base:1.0";
export const BASE_1_1 = "urn:ietf:params:netconf:base:1.1";

/** RFC 6241 section 10.4: what the protocol layer can do, the modules' capabilities not included. */
export const protocolCapabilities = (urlSchemes: readonly string[]): readonly string[] => [
  BASE_1_0,
  BASE_1_1,
  "urn:ietf:params:netconf:capability:writable-running:1.0",
  "urn:ietf:params:netconf:capability:candidate:1.0",
  "urn:ietf:params:netconf:capability:rollback-on-error:1.0",
  "urn:ietf:params:netconf:capability:startup:1.0",
  "urn:ietf:params:netconf:capability:validate:1.0",
  "urn:ietf:params:netconf:capability:validate:1.1",
  ...(urlSchemes.length === 0 ? [] : [`urn:ietf:params:netconf:capability:url:1.0?scheme=${urlSchemes.join(",")}`]),
];
