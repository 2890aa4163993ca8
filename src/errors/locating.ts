import { type ErrorPath, RpcError, type RpcErrorEntry } from "./rpc-error.ts";

/** Does what is about the place at `path`: what is refused, and names no place, is put there if it `concerns` it. */
export async function locating<T>(
  path: ErrorPath,
  work: Promise<T>,
  concerns: (entry: RpcErrorEntry) => boolean = () => true,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const entries = error.entries.map((entry) => (concerns(entry) ? { path, ...entry } : entry));
    throw new RpcError(entries, { cause: error.cause });
  }
}
