import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { inlineConfig } from "../config-urls.ts";
import { defineOperation, ok } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";

/** <edit-config>, RFC 6241 section 7.2, with test-option of :validate:1.1 (section 8.6.4.1). */
export const editConfig = defineOperation({
  namespace: NETCONF_BASE,
  name: "edit-config",
  parameters: ["target", "default-operation", "test-option", "error-option", "config", "url"],
  changesNothing: false,

  async run(context, input) {
    // Whichever is asked for, a request takes effect whole or not at all: a half-done one helps nobody.
    input.word("error-option", ["stop-on-error", "continue-on-error", "rollback-on-error"], "stop-on-error");
    const { config } = await inlineConfig(context, input.config(), requestPath("edit-config", "url"));
    await context.datastores.edit(context.session, {
      target: input.datastore("target", ["candidate", "running"]),
      defaultOperation: input.word("default-operation", ["merge", "replace", "none"], "merge"),
      testOption: input.word("test-option", ["test-then-set", "set", "test-only"], "test-then-set"),
      config,
    });
    return ok;
  },
});
