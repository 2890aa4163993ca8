/** RFC 6241 section 3.1: the namespace of every NETCONF protocol element. */
export const NETCONF_BASE = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** RFC 5277: the namespace of `<create-subscription>` and `<notification>`. */
export const NETCONF_NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0";

/** RFC 7950 section 5.3.1: of the elements that YANG itself adds to NETCONF. */
export const YANG_1 = "urn:ietf:params:xml:ns:yang:1";
