import type { CommitRecord } from "../datastore/commit-history.ts";
import type { ConfigStream, Requester, StoredCommit } from "../datastore/datastores.ts";
import type { HttpContent, HttpResource } from "../observe/http-listener.ts";
import type { Log } from "../observe/log.ts";
import type { PlaneReader } from "../observe/plane-state.ts";
import { statusJson, statusPage } from "./page.ts";
import { RateHistory } from "./rate-history.ts";
import { RecentCommits } from "./recent-commits.ts";
import { Status, type StatusDocument } from "./status.ts";

/** What the status page is made of. */
export interface StatusOptions {
  readonly product: string;
  readonly host: string;
  readonly plane: PlaneReader;
  readonly datastores: {
    commits(): Promise<readonly CommitRecord[]>;
    changes(by: Requester, of: StoredCommit, maxBytes: number): Promise<ConfigStream>;
  };
  readonly netconfSessions: () => number;
  readonly log: Log;
}

/** Who looks at the page: a user in no group, so that rules for all users hold for the page, too (RFC 8341). */
const NOBODY: Requester = {
  sessionId: 0,
  username: "",
  user: { name: "", externalGroups: [], isRecovery: false },
};

/** The status page and the same as JSON, by path. */
export function statusResources(options: StatusOptions): ReadonlyMap<string, HttpResource> {
  const { product, host, plane, datastores, netconfSessions, log } = options;
  const rates = new RateHistory();
  plane.onRead = ({ sessions }) => rates.record(sessions, Date.now());
  const commits = new RecentCommits({
    commits: () => datastores.commits(),
    change: (commitId, maxBytes) => datastores.changes(NOBODY, { commitId }, maxBytes),
  });
  const source = {
    product,
    host,
    netconfSessions,
    plane: () => plane.read(),
    messageRate: () => rates.points,
    commits: () => commits.read(),
  };
  const status = new Status(source, log);
  return new Map([
    ["/", resource(status, statusPage)],
    ["/status.json", resource(status, statusJson)],
  ]);
}

/** What was made of a document is made once. */
function resource(status: Status, render: (document: StatusDocument) => HttpContent): HttpResource {
  const made = new WeakMap<StatusDocument, HttpContent>();
  return {
    get: async () => {
      const document = await status.document();
      const content = made.get(document) ?? render(document);
      made.set(document, content);
      return content;
    },
  };
}
