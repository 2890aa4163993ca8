/** RFC 7950 section 5.3.1: of the elements that YANG itself adds to NETCONF. */
export const YANG_1 = "urn:ietf:params:xml:ns:yang:1";
