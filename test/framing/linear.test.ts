import { expect, test } from "vitest";
import { ChunkedDecoder } from "../../src/framing/chunked-decoder.ts";
import { EndOfMessageDecoder } from "../../src/framing/end-of-message.ts";
import type { MessageDecoder } from "../../src/framing/message-decoder.ts";

/**
 * A peer chooses how it cuts its bytes, so the cost must not depend on it. At 4 MiB a quadratic decoder needs hours;
 * a linear one stays far inside the time limit of a test.
 */
const LENGTH = 4 * 1024 * 1024;
const ONE_BYTE = Uint8Array.of(0x5d); // "]", the beginning of the delimiter

/** Pushes `piece` again and again, pulling each time; the first message, if any. */
function pushRepeatedly(decoder: MessageDecoder, piece: Uint8Array, count: number): Uint8Array | undefined {
  for (let i = 0; i < count; i++) {
    decoder.push(piece);
    const message = decoder.next();
    if (message !== undefined) return message;
  }
  return undefined;
}

test("end-of-message framing is linear for bytes that come one by one", () => {
  const decoder = new EndOfMessageDecoder(LENGTH);
  expect(pushRepeatedly(decoder, ONE_BYTE, LENGTH)).toBeUndefined();
  decoder.push(Buffer.from("]]>]]>"));
  expect(decoder.next()?.length).toBe(LENGTH);
});

test("end-of-message framing is linear for many messages in one piece", () => {
  const decoder = new EndOfMessageDecoder(LENGTH);
  decoder.push(Buffer.from("]]>]]>".repeat(LENGTH / 8)));
  let messages = 0;
  while (decoder.next() !== undefined) messages++;
  expect(messages).toBe(LENGTH / 8);
});

test("chunked framing is linear for bytes that come one by one", () => {
  const decoder = new ChunkedDecoder(LENGTH);
  decoder.push(Buffer.from(`\n#${LENGTH}\n`));
  expect(pushRepeatedly(decoder, ONE_BYTE, LENGTH)).toBeUndefined();
  decoder.push(Buffer.from("\n##\n"));
  expect(decoder.next()?.length).toBe(LENGTH);
});

test("chunked framing is linear for chunks of one byte", () => {
  const decoder = new ChunkedDecoder(LENGTH);
  expect(pushRepeatedly(decoder, Buffer.from("\n#1\na"), LENGTH / 4)).toBeUndefined();
  decoder.push(Buffer.from("\n##\n"));
  expect(decoder.next()?.length).toBe(LENGTH / 4);
});

test("bytes that are pushed long before they are pulled stay linear", () => {
  const decoder = new ChunkedDecoder(LENGTH);
  decoder.push(Buffer.from(`\n#${LENGTH}\n`));
  for (let i = 0; i < LENGTH; i++) decoder.push(ONE_BYTE);
  decoder.push(Buffer.from("\n##\n"));
  expect(decoder.next()?.length).toBe(LENGTH);
});
