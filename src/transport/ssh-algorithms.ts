import type { Algorithms } from "ssh2";

/** What the server offers, best first. */
export const sshAlgorithms = {
  // No group exchange: the library offers it and then cannot do it as a server. Nothing with SHA-1.
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512",
  ],
  serverHostKey: ["ssh-ed25519", "ecdsa-sha2-nistp256"],
  cipher: [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
  ],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
  // A few compressed bytes could grow to any size in memory.
  compress: ["none"],
} satisfies Algorithms;
