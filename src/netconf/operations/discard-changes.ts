import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";

/** <discard-changes>, RFC 6241 section 8.3.4.2. */
export const discardChanges = defineOperation({
  namespace: NETCONF_BASE,
  name: "discard-changes",
  parameters: [],
  changesNothing: false,

  async run({ datastores, session }) {
    await datastores.discardChanges(session);
    return ok;
  },
});
