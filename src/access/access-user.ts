import type { AccessUser } from "../nacm/config.ts";
import { type Group, RECOVERY } from "./user.ts";

/** A user who logged in, as access control knows it. */
export const accessUser = (name: string, group: Group | undefined): AccessUser => ({
  name,
  externalGroups: group === undefined ? [] : [group],
  isRecovery: group === RECOVERY,
});
