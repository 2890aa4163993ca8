const OWNER = "Run this as the user that the files belong to, or give the files to this user (chown -R).";
const ROOM = "Make room on the disk, then try again.";

/** What to do about errors of the operating system, by their names (errno(3)). */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ["EACCES", OWNER],
  ["EPERM", OWNER],
  ["ENOSPC", ROOM],
  ["EDQUOT", ROOM],
  ["EROFS", "Mount the file system for writing, or give another directory with --data."],
  ["EISDIR", "This is to be a file: move the directory away, or restore the file from a backup."],
  ["ENOTDIR", "This is to be a directory: move the file away, or give another directory with --data."],
  ["EIO", "The disk fails: look at the kernel's log, and restore the data directory from a backup on another disk."],
  ["EMFILE", "Raise the limit of open files (LimitNOFILE of the systemd unit, ulimit -n)."],
]);

/**
 * What a person at the terminal is told of an error. Ours say what to do by themselves; those of the operating system
 * only say what happened to which file, and get it added.
 */
export function withAdvice(error: unknown): string {
  const { message } = error as Error;
  const advice = ADVICE.get(/^(E[A-Z0-9]+): /.exec(message)?.[1] ?? "");
  return advice === undefined ? message : `${message}. ${advice}`;
}
