import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";

const CONFIRMED = "confirmed-commit";

/** <commit>, RFC 6241 section 8.3.4.1. */
export const commit = defineOperation({
  namespace: NETCONF_BASE,
  name: "commit",
  parameters: [],
  unsupported: { confirmed: CONFIRMED, "confirm-timeout": CONFIRMED, persist: CONFIRMED, "persist-id": CONFIRMED },
  changesNothing: false,

  async run({ datastores, session }) {
    await datastores.commit(session);
    return ok;
  },
});
