import { expect, test } from "vitest";
import { connectTcp, startListener } from "./harness.ts";

const KEXINIT = 20;

/** The name-lists of the server's KEXINIT (RFC 4253 section 7.1), which comes in the clear after the version lines. */
async function readOffer(port: number): Promise<string[][]> {
  const socket = await connectTcp(port);
  socket.write("SSH-2.0-test\r\n");
  let bytes = Buffer.alloc(0);
  for await (const piece of socket) {
    bytes = Buffer.concat([bytes, piece as Buffer]);
    const start = bytes.indexOf("\n") + 1;
    if (start > 0 && bytes.length >= start + 4 && bytes.length >= start + 4 + bytes.readUInt32BE(start)) {
      expect(bytes[start + 5]).toBe(KEXINIT);
      let at = start + 6 + 16;
      const lists: string[][] = [];
      for (let i = 0; i < 8; i++) {
        const length = bytes.readUInt32BE(at);
        lists.push(bytes.toString("utf8", at + 4, at + 4 + length).split(","));
        at += 4 + length;
      }
      return lists;
    }
  }
  throw new Error("The server closed without an offer.");
}

test("the server offers nothing with SHA-1, no group exchange and no compression", async () => {
  const { port } = await startListener();
  const ciphers = [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
  ];
  const macs = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"];
  expect(await readOffer(port)).toEqual([
    [
      "curve25519-sha256",
      "curve25519-sha256@libssh.org",
      "ecdh-sha2-nistp256",
      "ecdh-sha2-nistp384",
      "ecdh-sha2-nistp521",
      "diffie-hellman-group14-sha256",
      "diffie-hellman-group16-sha512",
      "kex-strict-s-v00@openssh.com",
    ],
    ["ssh-ed25519"],
    ciphers,
    ciphers,
    macs,
    macs,
    ["none"],
    ["none"],
  ]);
});
