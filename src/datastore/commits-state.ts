import { type SubtreeFilter, selectsTop } from "../yang/subtree-filter.ts";
import type { CommitRecord } from "./commit-history.ts";
import type { PendingCommit } from "./confirmed-commit.ts";

const NAMESPACE = "urn:bmpconfd:yang:commits";
const CONTAINER = "commits";
/** A commit takes a kilobyte and a half at most. */
const COMMITS_IN_A_DOCUMENT = 25;

/** Whether a filter, undefined = everything, can select anything of the history of commits. */
export const selectsCommits = (filter: SubtreeFilter | undefined): boolean => selectsTop(filter, CONTAINER, NAMESPACE);

/** The state that bmpconfd-commits describes, as a `StateProvider` gives it. */
export function commitsState(commits: readonly CommitRecord[], pending: PendingCommit | undefined): readonly string[] {
  const documents: string[] = [];
  for (let from = 0; from < commits.length; from += COMMITS_IN_A_DOCUMENT)
    documents.push(document({ commit: commits.slice(from, from + COMMITS_IN_A_DOCUMENT).map(commitState) }));
  if (pending !== undefined) documents.push(document({ unconfirmed: pendingState(pending) }));
  return documents;
}

const document = (content: object): string => JSON.stringify({ [`bmpconfd-commits:${CONTAINER}`]: content });

const commitState = ({ id, time, username, sessionId, kind = "commit", description, unconfirmed }: CommitRecord) => ({
  id,
  time,
  username,
  "session-id": sessionId,
  kind: kind === "commit" && unconfirmed !== undefined ? "confirmed-commit" : kind,
  description,
});

const pendingState = ({ unconfirmed, sessionId }: PendingCommit) => ({
  "revert-to": unconfirmed.revertTo,
  deadline: unconfirmed.deadline,
  persistent: unconfirmed.persist !== undefined,
  "session-id": sessionId,
});
