import { invalidValue } from "../../errors/constructors.ts";
import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";

/** <copy-config>, RFC 6241 section 7.3. */
export const copyConfig = defineOperation({
  namespace: NETCONF_BASE,
  name: "copy-config",
  parameters: ["target", "source"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    const target = input.datastore("target", ["candidate", "running", "startup"]);
    const source = input.source(["candidate", "running", "startup"]);
    if (source === target) {
      const path = requestPath("copy-config", "source", source);
      throw invalidValue("The source and the target are the same datastore; name two different ones.", { path });
    }
    await datastores.copy(session, source, target);
    return ok;
  },
});
