import { COMMITS } from "../commits-namespace.ts";
import { defineOperation, ok } from "../operation.ts";
import { withParameter } from "../parameter-errors.ts";

/** <load-commit> of bmpconfd-commits: the candidate becomes what running was after a commit. */
export const loadCommit = defineOperation({
  namespace: COMMITS,
  name: "load-commit",
  parameters: ["commit-id"],
  changesNothing: false,

  async run({ datastores, session }, input) {
    const id = input.positiveUint32("commit-id");
    await withParameter(input.path("commit-id"), datastores.loadCommit(session, id));
    return ok;
  },
});
