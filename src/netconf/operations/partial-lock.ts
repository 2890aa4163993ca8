import { declarations, textElement } from "../../xml/text-element.ts";
import { defineOperation, output } from "../operation.ts";
import { withParameter } from "../parameter-errors.ts";
import { PARTIAL_LOCK } from "../partial-lock-namespace.ts";

/** <partial-lock>, RFC 5717 section 2.4.1. */
export const partialLock = defineOperation({
  namespace: PARTIAL_LOCK,
  name: "partial-lock",
  parameters: ["select"],
  repeated: ["select"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    const selects = input.xpaths("select");
    const { lockId, nodes } = await withParameter(input.path("select"), datastores.partialLock(session, selects));
    const xmlns = ` xmlns="${PARTIAL_LOCK}"`;
    const lockedNodes = nodes.map(({ identifier: { text, namespaces } }) =>
      textElement("locked-node", text, xmlns + declarations(namespaces)),
    );
    return output(textElement("lock-id", lockId, xmlns) + lockedNodes.join(""));
  },
});
