import { cryptLimits } from "../crypt/limits.ts";

/** Limits of who may log in and how. */
export const accessLimits = Object.freeze({
  /** Passwords being hashed at the same time, 32 MiB and one thread each; further logins wait their turn. */
  concurrentHashes: 2,
  /** Passwords of configured users being checked at the same time, in the main thread's spare time. */
  concurrentCryptHashes: 1,
  /** Milliseconds that such a check may take the thread, before others get their turn. */
  cryptSliceMs: 2,
  /** Bytes of a password; a longer one is refused, at login before it is hashed. */
  maxPasswordBytes: cryptLimits.maxPasswordBytes,
  /** Public keys of one user; `user add` and a commit refuse more. */
  maxKeysPerUser: 64,
  /** `<rpc-error>`s about the users of one commit; what else is wrong shows when these are mended. */
  errorsReported: 64,
  /** Bits of an RSA key; a shorter one is refused. */
  minRsaBits: 2048,
  /** Bytes of users.json; a longer file is treated as damaged. */
  maxUsersFileBytes: 4 * 1024 * 1024,
  /** Milliseconds to wait for another process that is changing users.json. */
  usersFileLockWaitMs: 5_000,
  /** Age in milliseconds after which the lock of such a process is taken for a leftover of a crash. */
  usersFileLockStaleMs: 10_000,
});
