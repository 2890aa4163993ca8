const END = "\n##\n";

/**
 * One message as one chunk and end-of-chunks (RFC 6242 section 4.2), in one buffer: one write, so that no part of it
 * waits for an acknowledgement. `message` must not be empty; the longest string there is fits into one chunk.
 */
export function encodeChunked(message: string): Buffer {
  const size = Buffer.byteLength(message);
  if (size === 0) throw new RangeError("A NETCONF message cannot be empty.");
  return Buffer.from(`\n#${size}\n${message}${END}`);
}
