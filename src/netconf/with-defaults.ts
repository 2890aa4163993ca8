/** RFC 6243 section 5: the namespace of the `<with-defaults>` parameter. */
export const WITH_DEFAULTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults";
