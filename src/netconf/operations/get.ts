import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { data, defineOperation } from "../operation.ts";

/** <get>, RFC 6241 section 7.7. */
export const get = defineOperation({
  namespace: NETCONF_BASE,
  name: "get",
  parameters: ["filter"],
  changesNothing: true,
  run: async ({ datastores }, input) => data(await datastores.get(input.filter())),
});
