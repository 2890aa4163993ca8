import { YANG_1 } from "../../xml/netconf-namespace.ts";
import { leafElements } from "../../xml/write.ts";
import { readActionRequest } from "../action-request.ts";
import { defineOperation, output } from "../operation.ts";
import { withPath } from "../parameter-errors.ts";

/** <action>, RFC 7950 section 7.15.2. */
export const action = defineOperation({
  namespace: YANG_1,
  name: "action",
  parameters: [],
  isAction: true,
  changesNothing: false,

  async run({ datastores, session }, input) {
    const path = input.path();
    const request = readActionRequest(path, input.element, datastores.yangLibrary());
    return output(leafElements(await withPath(path, datastores.action(session, request))));
  },
});
