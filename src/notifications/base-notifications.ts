import type { Requester } from "../datastore/datastores.ts";
import type { ConfirmEvent, DatastoreChange } from "../datastore/subscriber.ts";
import { declarations, textElement } from "../xml/text-element.ts";
import type { SummarisedEdit } from "../yang/edit-summary.ts";

/** RFC 6470. */
const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";

/** Why a session ended. */
export type SessionEnd =
  | { readonly reason: "closed" | "dropped" | "timeout" | "bad-hello" | "other" }
  | { readonly reason: "killed"; readonly killedBy: number };

const notification = (name: string, content: string): string => `<${name} xmlns="${NAMESPACE}">${content}</${name}>`;

const sessionParameters = ({ username, sessionId, sourceHost }: Requester): string =>
  textElement("username", username) + textElement("session-id", sessionId) + textElement("source-host", sourceHost);

/** RFC 6470's `changed-by`: session 0 is the server itself. */
const changedBy = (by: Requester): string =>
  `<changed-by>${by.sessionId === 0 ? "<server/>" : sessionParameters(by)}</changed-by>`;

const editElement = ({ target, operation }: SummarisedEdit): string =>
  `<edit>${textElement("target", target.text, declarations(target.namespaces))}` +
  `${textElement("operation", operation)}</edit>`;

/** `netconf-config-change`. */
export const configChange = ({ by, datastore, edits = [] }: DatastoreChange): string =>
  notification(
    "netconf-config-change",
    changedBy(by) + textElement("datastore", datastore) + edits.map(editElement).join(""),
  );

/** `netconf-confirmed-commit`. */
export const confirmedCommit = (confirm: ConfirmEvent): string =>
  notification(
    "netconf-confirmed-commit",
    ("by" in confirm ? sessionParameters(confirm.by) : "") +
      textElement("confirm-event", confirm.event) +
      ("timeoutS" in confirm ? textElement("timeout", confirm.timeoutS) : ""),
  );

/** `netconf-session-start`. */
export const sessionStart = (session: Requester): string =>
  notification("netconf-session-start", sessionParameters(session));

/** `netconf-session-end`. */
export const sessionEnd = (session: Requester, end: SessionEnd): string =>
  notification(
    "netconf-session-end",
    sessionParameters(session) +
      (end.reason === "killed" ? textElement("killed-by", end.killedBy) : "") +
      textElement("termination-reason", end.reason),
  );
