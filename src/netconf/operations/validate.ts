import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { readSource } from "../config-urls.ts";
import { defineOperation, ok } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";

/** <validate>, RFC 6241 section 8.6.4.1. */
export const validate = defineOperation({
  namespace: NETCONF_BASE,
  name: "validate",
  parameters: ["source"],
  changesNothing: true,

  async run(context, input) {
    const source = input.source(["candidate", "running", "startup"]);
    await context.datastores.validate(await readSource(context, source, requestPath("validate", "source", "url")));
    return ok;
  },
});
