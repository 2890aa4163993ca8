import { textElement } from "../xml/text-element.ts";

/** RFC 6470. */
const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";

/** Who was at work: a NETCONF session. */
export interface SessionIdentity {
  readonly username: string;
  readonly sessionId: number;
  /** Address of the client. */
  readonly sourceHost?: string;
}

/** Why a session ended. */
export type SessionEnd =
  | { readonly reason: "closed" | "dropped" | "timeout" | "bad-hello" | "other" }
  | { readonly reason: "killed"; readonly killedBy: number };

const notification = (name: string, content: string): string => `<${name} xmlns="${NAMESPACE}">${content}</${name}>`;

const sessionParameters = ({ username, sessionId, sourceHost }: SessionIdentity): string =>
  textElement("username", username) + textElement("session-id", sessionId) + textElement("source-host", sourceHost);

/** `netconf-session-start`. */
export const sessionStart = (session: SessionIdentity): string =>
  notification("netconf-session-start", sessionParameters(session));

/** `netconf-session-end`. */
export const sessionEnd = (session: SessionIdentity, end: SessionEnd): string =>
  notification(
    "netconf-session-end",
    sessionParameters(session) +
      (end.reason === "killed" ? textElement("killed-by", end.killedBy) : "") +
      textElement("termination-reason", end.reason),
  );
