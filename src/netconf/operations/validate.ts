import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";

/** <validate>, RFC 6241 section 8.6.4.1. */
export const validate = defineOperation({
  namespace: NETCONF_BASE,
  name: "validate",
  parameters: ["source"],
  changesNothing: true,

  async run({ datastores }, input) {
    await datastores.validate(input.source(["candidate", "running", "startup"]));
    return ok;
  },
});
