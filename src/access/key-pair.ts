import ssh2 from "ssh2";

/** OpenSSH text forms. */
export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/**
 * A pair that can be read back. ssh2 drops the leading zero octet of an ed25519 public key, so that one pair of 256 is
 * of no use to anybody: such pairs are thrown away.
 */
export function usableKeyPair(create: () => KeyPair): KeyPair {
  for (;;) {
    const pair = create();
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

export const generateEd25519 = (): KeyPair => usableKeyPair(() => ssh2.utils.generateKeyPairSync("ed25519"));

export const generateEcdsa = (bits: 256 | 384 | 521): KeyPair =>
  usableKeyPair(() => ssh2.utils.generateKeyPairSync("ecdsa", { bits }));
