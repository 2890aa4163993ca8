/** RFC 5717: the namespace of the module ietf-netconf-partial-lock. */
export const PARTIAL_LOCK = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0";
