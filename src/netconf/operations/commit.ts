import type { ConfirmedRequest } from "../../datastore/datastores.ts";
import { missingElement } from "../../errors/constructors.ts";
import { NETCONF_BASE } from "../../xml/netconf-namespace.ts";
import { COMMITS } from "../commits-namespace.ts";
import { netconfLimits } from "../limits.ts";
import { defineOperation, ok } from "../operation.ts";
import type { OperationInput } from "../operation-input.ts";
import { requestPath, withParameter } from "../parameter-errors.ts";

/** RFC 6241 section 8.4.5.1. */
const DEFAULT_TIMEOUT_S = 600;
const { descriptionCharacters, persistCharacters } = netconfLimits;

/** <commit>, RFC 6241 sections 8.3.4.1 and 8.4.5.1. */
export const commit = defineOperation({
  namespace: NETCONF_BASE,
  name: "commit",
  parameters: ["confirmed", "confirm-timeout", "persist", "persist-id", "description"],
  augmented: { description: COMMITS },
  changesNothing: false,

  async run({ datastores, session }, input) {
    const request = {
      description: input.verbatim("description", { least: 1, most: descriptionCharacters }),
      confirmed: confirmedRequest(input),
      persistId: input.verbatim("persist-id", { most: persistCharacters }),
    };
    await withParameter(input.path("persist-id"), datastores.commit(session, request));
    return ok;
  },
});

function confirmedRequest(input: OperationInput): ConfirmedRequest | undefined {
  const isConfirmed = input.isPresent("confirmed");
  const timeoutS = input.positiveUint32("confirm-timeout", DEFAULT_TIMEOUT_S);
  const persist = input.verbatim("persist", { most: persistCharacters });
  if (isConfirmed) return { timeoutS, persist };
  // The schema lets them stand alone. But who sends them does not mean a commit that is for good.
  const alone = ["confirm-timeout", "persist"].find((name) => input.has(name));
  if (alone === undefined) return undefined;
  const path = requestPath(...input.path());
  throw missingElement("confirmed", `<${alone}> is about a confirmed commit; add <confirmed/>.`, { path });
}
