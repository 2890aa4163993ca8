import type { NetconfClient } from "../../shared/client/netconf-client.ts";
import { COMMIT, DISCARD, type Requests } from "../load/requests.ts";

/** Sends the edits and a commit, each after the reply to the one before. Returns the time it took, in ms. */
export async function editAndCommit(client: NetconfClient, edits: Iterable<string>): Promise<number> {
  const beganAtMs = performance.now();
  for (const edit of edits) await client.rpc(edit);
  const { receivedAtMs } = await client.rpc(COMMIT);
  return receivedAtMs - beganAtMs;
}

/** Edits candidate and gives it up. Returns the time it took, in ms. */
export async function editAndDiscard(client: NetconfClient, edit: string): Promise<number> {
  const beganAtMs = performance.now();
  await client.rpc(edit);
  const { receivedAtMs } = await client.rpc(DISCARD);
  return receivedAtMs - beganAtMs;
}

/** Reads the whole list, in which there must be so many entries. Returns the time to the last byte, in ms. */
export async function readAll(client: NetconfClient, requests: Requests, entries: number): Promise<number> {
  const beganAtMs = performance.now();
  const reply = await client.rpc(requests.readAll());
  const found = reply.count(requests.entryTag);
  if (found !== entries) throw new Error(`${found} entries in running instead of ${entries}`);
  return reply.receivedAtMs - beganAtMs;
}

/** Reads one entry by its keys, and nothing else must come. Returns the time it took, in ms. */
export async function readOne(client: NetconfClient, requests: Requests, index: number): Promise<number> {
  const beganAtMs = performance.now();
  const reply = await client.rpc(requests.readOne(index));
  if (reply.count(requests.entryTag) !== 1 || reply.count(requests.keyOf(index)) !== 1)
    throw new Error(`not entry ${index} alone: ${reply.bytes.toString("utf8", 0, 1_000)}`);
  return reply.receivedAtMs - beganAtMs;
}
