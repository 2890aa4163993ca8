import { defineOperation, ok } from "../operation.ts";
import { withParameter } from "../parameter-errors.ts";
import { PARTIAL_LOCK } from "../partial-lock-namespace.ts";

/** <partial-unlock>, RFC 5717 section 2.4.2. */
export const partialUnlock = defineOperation({
  namespace: PARTIAL_LOCK,
  name: "partial-unlock",
  parameters: ["lock-id"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    const id = input.positiveUint32("lock-id");
    await withParameter(input.path("lock-id"), datastores.partialUnlock(session, id));
    return ok;
  },
});
