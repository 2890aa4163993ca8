import { invalidValue } from "../../errors/constructors.ts";
import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { defineOperation, ok } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";

/** <kill-session>, RFC 6241 section 7.9. Answered when the other session's locks are released. */
export const killSession = defineOperation({
  namespace: NETCONF_BASE,
  name: "kill-session",
  parameters: ["session-id"],
  changesNothing: false,

  async run({ session, findSession }, input) {
    const id = input.positiveUint32("session-id");
    const path = requestPath("kill-session", "session-id");
    if (id === session.sessionId) {
      throw invalidValue("A session cannot kill itself; use <close-session>.", { path });
    }
    const other = findSession(id);
    if (other === undefined) throw invalidValue(`There is no session ${id}.`, { path });
    // No two sessions wait for each other: from here on the other one starts no operation, so no <kill-session> either.
    await other.kill(session.sessionId);
    return ok;
  },
});
