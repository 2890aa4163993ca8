import { RpcError, type RpcErrorEntry } from "../src/errors/rpc-error.ts";

/** What a call is refused with. Rejects when it is not, or fails in another way. */
export async function refusalOf(call: Promise<unknown>): Promise<readonly RpcErrorEntry[]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RpcError) return error.entries;
    throw error;
  }
  throw new Error("It was not refused");
}
