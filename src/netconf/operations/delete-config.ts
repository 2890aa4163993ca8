import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { about } from "../config-urls.ts";
import { defineOperation, ok } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";

/** <delete-config>, RFC 6241 section 7.4. */
export const deleteConfig = defineOperation({
  namespace: NETCONF_BASE,
  name: "delete-config",
  parameters: ["target"],
  changesNothing: false,

  async run({ datastores, session, urls }, input) {
    const target = input.target(["startup"]);
    if (target === "startup") await datastores.deleteStartup(session);
    else await about(requestPath("delete-config", "target", "url"), () => urls.remove(target.url));
    return ok;
  },
});
