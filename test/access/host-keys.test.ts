import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { knownHostsLines, loadHostKeys } from "../../src/access/host-keys.ts";
import { temporaryFolder } from "../transport/harness.ts";

describe("host keys", () => {
  test("are made once, for their owner only, and kept", () => {
    const folder = temporaryFolder();
    const keys = loadHostKeys(folder);
    expect(keys.map((key) => key.type)).toEqual(["ssh-ed25519", "ecdsa-sha2-nistp256"]);
    expect(loadHostKeys(folder)).toEqual(keys);
    expect(readdirSync(folder).sort()).toEqual(["ssh_host_ecdsa_key", "ssh_host_ed25519_key"]);
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  test("a damaged one is told, not replaced", () => {
    const folder = temporaryFolder();
    loadHostKeys(folder);
    writeFileSync(join(folder, "ssh_host_ed25519_key"), "x");
    expect(() => loadHostKeys(folder)).toThrow(
      "ssh_host_ed25519_key is not an SSH private key. Restore it from a backup",
    );
  });

  test("fingerprints and known_hosts lines are those of OpenSSH", () => {
    const publicKey = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const key = { type: "ssh-ed25519", privateKey: "", publicKey, fingerprint: "" };
    expect(knownHostsLines([key], "2001:db8::1", 830)).toEqual([`[2001:db8::1]:830 ssh-ed25519 ${publicKey}`]);
    expect(knownHostsLines([key], "router1", 22)).toEqual([`router1 ssh-ed25519 ${publicKey}`]);
    for (const { fingerprint } of loadHostKeys(temporaryFolder())) {
      expect(fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    }
  });
});
