import { accessDenied } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import type { YangLibrary } from "../yang/yang-library.ts";
import type { Operation, OperationContext } from "./operation.ts";

/** Throws `access-denied` when the session's user may not run the operation (RFC 8341 section 3.4.4). */
export function checkAccess(operation: Operation, { access, datastores, session }: OperationContext): void {
  const { name, isAction } = operation;
  if (isAction === true) return;
  const module = moduleOf(operation, datastores.yangLibrary());
  const { isPermitted, reason } = access.operation(session.user, { module, name });
  if (!isPermitted) throw accessDenied(`User "${session.user.name}" may not use <${name}>: ${reason}.`);
}

/** What an operation gives; counts it when data decide that it may not be done (RFC 8341 section 3.5.1). */
export async function countingDenied<T>(
  { isAction }: Operation,
  { access }: OperationContext,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isDenied = error instanceof RpcError && error.entries.some(({ tag }) => tag === "access-denied");
    if (isDenied && isAction === true) access.operationDenied();
    else if (isDenied) access.writeDenied();
    throw error;
  }
}

/** The YANG module that defines an operation. */
function moduleOf({ namespace }: Operation, { modules }: YangLibrary): string {
  if (namespace === NETCONF_BASE) return "ietf-netconf";
  return modules.find((module) => module.namespace === namespace)?.name ?? "";
}
