import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { data, defineOperation } from "../operation.ts";
import { WITH_DEFAULTS } from "../with-defaults.ts";

/** <get>, RFC 6241 section 7.7; `<with-defaults>`, RFC 6243. */
export const get = defineOperation({
  namespace: NETCONF_BASE,
  name: "get",
  parameters: ["filter", "with-defaults"],
  augmented: { "with-defaults": WITH_DEFAULTS },
  changesNothing: true,
  run: async ({ session, datastores }, input) =>
    data(await datastores.get(session, input.filter(), input.withDefaults())),
});
