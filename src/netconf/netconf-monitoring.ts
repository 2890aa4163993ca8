/** RFC 6022: the namespace of the module ietf-netconf-monitoring. */
export const NETCONF_MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring";
