import { accessDenied } from "../errors/constructors.ts";
import type { Operation, OperationContext } from "./operation.ts";

/** The group of users who may look at everything and change nothing. */
const MONITOR = "monitor";

/** Throws `access-denied` when the session's user may not run the operation. */
export function checkAccess(operation: Operation, { session }: OperationContext): void {
  if (session.group !== MONITOR || operation.changesNothing) return;
  throw accessDenied(
    `User "${session.username}" is in group "${MONITOR}", which may not use <${operation.name}>. ` +
      "Log in as a user of another group.",
  );
}
