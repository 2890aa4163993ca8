import { invalidValue } from "../../errors/constructors.ts";
import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { readSource, writeUrl } from "../config-urls.ts";
import { defineOperation, ok } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";
import { WITH_DEFAULTS } from "../with-defaults.ts";

const SOURCE_URL = requestPath("copy-config", "source", "url");

/** <copy-config>, RFC 6241 section 7.3; `<with-defaults>`, RFC 6243. */
export const copyConfig = defineOperation({
  namespace: NETCONF_BASE,
  name: "copy-config",
  parameters: ["target", "source", "with-defaults"],
  augmented: { "with-defaults": WITH_DEFAULTS },
  changesNothing: false,

  async run(context, input) {
    const target = input.target(["candidate", "running", "startup"]);
    const source = input.source(["candidate", "running", "startup"]);
    if (typeof source === "string" && source === target) {
      const path = requestPath("copy-config", "source", source);
      throw invalidValue("The source and the target are the same datastore; name two different ones.", { path });
    }
    const withDefaults = input.withDefaults();
    if (typeof target !== "string") await writeUrl(context, source, target, withDefaults);
    // RFC 6243 section 4.5.1: a copy that is a datastore has what was set, whatever <with-defaults> says.
    else await context.datastores.copy(context.session, await readSource(context, source, SOURCE_URL), target);
    return ok;
  },
});
