import type { SessionEnd } from "../notifications/base-notifications.ts";
import type { LogLevel } from "../observe/log.ts";

/** How a session ends: for the log, and as RFC 6470 classifies it. */
export interface SessionEnding {
  readonly text: string;
  /** "info" unless told. */
  readonly level?: LogLevel;
  readonly end: SessionEnd;
}

export const CLOSED_BY_CLIENT: SessionEnding = { text: "closed by the client", end: { reason: "closed" } };
export const CHANNEL_CLOSED: SessionEnding = { text: "channel closed", end: { reason: "dropped" } };
export const NO_HELLO: SessionEnding = { text: "no hello in time", end: { reason: "timeout" } };
export const IDLE: SessionEnding = { text: "idle", end: { reason: "timeout" } };
export const SERVER_STOPS: SessionEnding = { text: "the server stops", end: { reason: "other" } };

export const badHello = (text: string): SessionEnding => ({ text, end: { reason: "bad-hello" } });

export const killed = (killedBy: number): SessionEnding => ({
  text: `killed by session ${killedBy}`,
  end: { reason: "killed", killedBy },
});

export const otherEnding = (text: string): SessionEnding => ({ text, end: { reason: "other" } });

/** What its subscription's filter selects cannot be found out: it would not know what it missed. */
export const lostFilter = (text: string): SessionEnding => ({
  text: `the filter of its subscription: ${text}`,
  level: "warn",
  end: { reason: "other" },
});

export const tooSlow = (text: string): SessionEnding => ({ text, level: "warn", end: { reason: "other" } });
