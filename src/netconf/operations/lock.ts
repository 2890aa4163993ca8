import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";

/** <lock>, RFC 6241 section 7.5. */
export const lock = defineOperation({
  namespace: NETCONF_BASE,
  name: "lock",
  parameters: ["target"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    await datastores.lock(session, input.datastore("target", ["candidate", "running", "startup"]));
    return ok;
  },
});
