import type { AccessUser } from "../nacm/config.ts";
import { type Group, RECOVERY } from "./user.ts";

/** A user who logged in, as access control knows it. */
export const accessUser = (name: string, group: Group): AccessUser => ({
  name,
  externalGroups: [group],
  isRecovery: group === RECOVERY,
});
