import type { Group } from "./user.ts";

/** Who logged in. */
export interface Login {
  readonly username: string;
  /** As the data directory has it; undefined for a user who is only configured. */
  readonly group: Group | undefined;
}

/** A public key a client offers (RFC 4252 section 7). */
export interface OfferedKey {
  /** Of the key, such as `ssh-ed25519`; `ssh-rsa` for RSA whatever the signature. */
  readonly type: string;
  /** In the format of RFC 4253 section 6.6. */
  readonly blob: Uint8Array;
  /** `sha256` or `sha512` for RSA signatures of RFC 8332; undefined for other keys, and for RSA with SHA-1. */
  readonly rsaHash: string | undefined;
}

/** A client's proof that it holds the private key. */
export interface KeyProof {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Decides who may log in. All methods answer undefined for "no", for whatever reason, and never reject. */
export interface Authenticator {
  withPassword(username: string, password: string): Promise<Login | undefined>;
  /** Without `proof` the client only asks whether it is worth signing. */
  withKey(username: string, key: OfferedKey, proof?: KeyProof): Promise<Login | undefined>;
}
