import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { closing, defineOperation } from "../operation.ts";

/** <close-session>, RFC 6241 section 7.8. */
export const closeSession = defineOperation({
  namespace: NETCONF_BASE,
  name: "close-session",
  parameters: [],
  changesNothing: true,
  run: async () => closing,
});
