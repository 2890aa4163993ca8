import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";

/** <delete-config>, RFC 6241 section 7.4. */
export const deleteConfig = defineOperation({
  namespace: NETCONF_BASE,
  name: "delete-config",
  parameters: ["target"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    input.datastore("target", ["startup"]);
    await datastores.deleteStartup(session);
    return ok;
  },
});
