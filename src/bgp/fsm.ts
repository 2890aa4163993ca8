/** States of RFC 4271 section 8.2.2, named as in the YANG model. */
export type FsmState = "idle" | "connect" | "active" | "open-sent" | "open-confirm" | "established";

/**
 * Events of RFC 4271 section 8.1 with their numbers. The DelayOpen timer is not used; idle hold (event 13) is the
 * neighbour's business, which starts the machine anew; ROUTE-REFRESH (RFC 2918) is younger than the list.
 */
export const FSM_EVENT_NUMBERS = {
  start: 3,
  stop: 2,
  startPassive: 5,
  connectRetryTimerExpired: 9,
  holdTimerExpired: 10,
  keepaliveTimerExpired: 11,
  connectionAcknowledged: 16,
  connectionConfirmed: 17,
  connectionFailed: 18,
  openReceived: 19,
  headerErrorFound: 21,
  openErrorFound: 22,
  collisionLost: 23,
  notificationReceived: 25,
  keepaliveReceived: 26,
  updateReceived: 27,
  updateErrorFound: 28,
  sendHoldTimerExpired: 29,
  routeRefreshReceived: 0,
} as const;

export type FsmEvent = keyof typeof FSM_EVENT_NUMBERS;

/** What the session has to do, in the order given. */
export type FsmAction =
  | "dial"
  | "startConnectRetryTimer"
  | "stopConnectRetryTimer"
  | "sendOpen"
  | "startOpenTimer"
  | "sendKeepalive"
  | "startSessionTimers"
  | "restartHoldTimer"
  | "sendNotification"
  | "dropConnection"
  | "bringUp"
  | "applyUpdate"
  | "takeDown";

export interface Transition {
  readonly next: FsmState;
  readonly actions: readonly FsmAction[];
}

type Transitions = Readonly<Partial<Record<FsmEvent, Transition>>>;

function to(next: FsmState, ...actions: FsmAction[]): Transition {
  return { next, actions };
}

const OPENED = to("open-sent", "stopConnectRetryTimer", "sendOpen", "startOpenTimer");
const STOPPED = to("idle", "stopConnectRetryTimer", "dropConnection");
const CLOSED = to("idle", "dropConnection");
const REFUSED = to("idle", "sendNotification", "dropConnection");
const LOST = to("idle", "dropConnection", "takeDown");
const ENDED = to("idle", "sendNotification", "dropConnection", "takeDown");

/**
 * RFC 4271 section 8.2.2, each cell in its own words. What is not in a state's row is not allowed there:
 * `unexpected` below. Everything that moves a session from state to state is in this table.
 */
const TRANSITIONS: Readonly<Record<FsmState, Transitions>> = {
  idle: {
    start: to("connect", "startConnectRetryTimer", "dial"),
    startPassive: to("active"),
  },
  connect: {
    stop: STOPPED,
    collisionLost: STOPPED,
    connectRetryTimerExpired: to("connect", "dropConnection", "startConnectRetryTimer", "dial"),
    connectionAcknowledged: OPENED,
    connectionFailed: to("active", "dropConnection", "startConnectRetryTimer"),
  },
  active: {
    stop: STOPPED,
    collisionLost: STOPPED,
    connectRetryTimerExpired: to("connect", "startConnectRetryTimer", "dial"),
    connectionConfirmed: OPENED,
  },
  "open-sent": {
    stop: REFUSED,
    collisionLost: REFUSED,
    holdTimerExpired: REFUSED,
    headerErrorFound: REFUSED,
    openErrorFound: REFUSED,
    connectionFailed: to("active", "dropConnection", "startConnectRetryTimer"),
    sendHoldTimerExpired: CLOSED,
    notificationReceived: CLOSED,
    openReceived: to("open-confirm", "sendKeepalive", "startSessionTimers"),
  },
  "open-confirm": {
    stop: REFUSED,
    collisionLost: REFUSED,
    holdTimerExpired: REFUSED,
    headerErrorFound: REFUSED,
    keepaliveTimerExpired: to("open-confirm", "sendKeepalive"),
    connectionFailed: CLOSED,
    sendHoldTimerExpired: CLOSED,
    notificationReceived: CLOSED,
    keepaliveReceived: to("established", "restartHoldTimer", "bringUp"),
  },
  established: {
    stop: ENDED,
    collisionLost: ENDED,
    holdTimerExpired: ENDED,
    headerErrorFound: ENDED,
    updateErrorFound: ENDED,
    keepaliveTimerExpired: to("established", "sendKeepalive"),
    // RFC 4724 section 5: the neighbour restarts, the old connection is closed without a word.
    connectionConfirmed: LOST,
    connectionFailed: LOST,
    sendHoldTimerExpired: LOST,
    notificationReceived: LOST,
    keepaliveReceived: to("established", "restartHoldTimer"),
    routeRefreshReceived: to("established", "restartHoldTimer"),
    updateReceived: to("established", "restartHoldTimer", "applyUpdate"),
  },
};

/** Messages that come where none or another is due end the session with a Finite State Machine Error (RFC 6608). */
const UNEXPECTED: Readonly<Partial<Record<FsmState, Transition>>> = {
  "open-sent": REFUSED,
  "open-confirm": REFUSED,
  established: ENDED,
};

const MESSAGES: ReadonlySet<FsmEvent> = new Set([
  "openReceived",
  "keepaliveReceived",
  "updateReceived",
  "routeRefreshReceived",
]);

/** Whether `event` is a message that `state` does not allow. */
export function isUnexpected(state: FsmState, event: FsmEvent): boolean {
  return MESSAGES.has(event) && TRANSITIONS[state][event] === undefined;
}

/** What `event` does in `state`; undefined: nothing, for instance a timer that expired a moment too late. */
export function transition(state: FsmState, event: FsmEvent): Transition | undefined {
  return TRANSITIONS[state][event] ?? (MESSAGES.has(event) ? UNEXPECTED[state] : undefined);
}
