import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { netconfLimits } from "../limits.ts";
import { defineOperation, ok } from "../operation.ts";
import { withParameter } from "../parameter-errors.ts";

/** <cancel-commit>, RFC 6241 section 8.4.4.1. */
export const cancelCommit = defineOperation({
  namespace: NETCONF_BASE,
  name: "cancel-commit",
  parameters: ["persist-id"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    const persistId = input.verbatim("persist-id", { most: netconfLimits.persistCharacters });
    await withParameter(input.path("persist-id"), datastores.cancelCommit(session, persistId));
    return ok;
  },
});
