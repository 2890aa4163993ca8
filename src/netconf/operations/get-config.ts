import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { data, defineOperation } from "../operation.ts";
import { WITH_DEFAULTS } from "../with-defaults.ts";

/** <get-config>, RFC 6241 section 7.1; `<with-defaults>`, RFC 6243. */
export const getConfig = defineOperation({
  namespace: NETCONF_BASE,
  name: "get-config",
  parameters: ["source", "filter", "with-defaults"],
  augmented: { "with-defaults": WITH_DEFAULTS },
  changesNothing: true,

  async run({ session, datastores }, input) {
    const source = input.datastore("source", ["running", "candidate", "startup"]);
    return data(await datastores.getConfig(session, source, input.filter(), input.withDefaults()));
  },
});
