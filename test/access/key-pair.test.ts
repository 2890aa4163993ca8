import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { generateEcdsa, generateEd25519, usableKeyPair } from "../../src/access/key-pair.ts";

test("a pair that cannot be read back is thrown away", () => {
  const good = generateEd25519();
  // As ssh2 makes it when the public key begins with a zero octet: one octet short.
  const body = Buffer.from(good.private.split("\n").slice(1, -2).join(""), "base64");
  const short = Buffer.concat([body.subarray(0, 60), body.subarray(61)]).toString("base64");
  const broken = {
    private: `-----BEGIN OPENSSH PRIVATE KEY-----\n${short}\n-----END OPENSSH PRIVATE KEY-----\n`,
    public: good.public,
  };
  expect(ssh2.utils.parseKey(broken.private)).toBeInstanceOf(Error);
  const made = [broken, broken, good];
  expect(usableKeyPair(() => made.shift() ?? broken)).toBe(good);
  expect(made).toEqual([]);
});

test.each([
  ["ed25519", generateEd25519, "ssh-ed25519"],
  ["ECDSA", () => generateEcdsa(256), "ecdsa-sha2-nistp256"],
])("%s pairs are what they say", (_, generate, type) => {
  const pair = generate();
  expect(ssh2.utils.parseKey(pair.private)).toMatchObject({ type });
  expect(pair.public).toMatch(new RegExp(`^${type} `));
});
