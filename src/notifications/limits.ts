/** Limits of event notifications. */
export const notificationLimits = Object.freeze({
  /** Newest events kept in memory, for all subscribers together. */
  recentEvents: 4_096,
  /** Bytes of these. A subscriber that is further behind reads the event log. */
  recentBytes: 4 * 1024 * 1024,
  /** Elements of a subscription's filter, which is applied to each event; one with more is refused. */
  filterElements: 128,
  /** Bytes of events with which an XPath filter is asked about no more of them at once; at most `eventsPerStep` of them. */
  selectionBytes: 32 * 1024,
  /** Events that a filter passes over before others get their turn. */
  eventsPerStep: 64,
});

export type NotificationLimits = { readonly [name in keyof typeof notificationLimits]: number };
