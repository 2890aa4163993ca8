import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";

/** <unlock>, RFC 6241 section 7.6. */
export const unlock = defineOperation({
  namespace: NETCONF_BASE,
  name: "unlock",
  parameters: ["target"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    await datastores.unlock(session, input.datastore("target", ["candidate", "running", "startup"]));
    return ok;
  },
});
