/** Limits of the monitoring plane's thread. */
export const planeLimits = Object.freeze({
  /** Time the thread may take to say whether it can carry out a commit. */
  prepareMs: 10_000,
  /** Time the thread may take to report operational state. */
  stateMs: 10_000,
  /** Time the thread may take to carry out an action. */
  actionMs: 10_000,
  /** Time the thread has to end its sessions politely when the server stops. */
  stopMs: 4_000,
  /** Time between the thread's unexpected end and its restart. */
  restartMs: 1_000,
  /** Units of configuration that the thread is told of in one message. */
  unitsPerMessage: 250,
  /** List entries of which the thread reports state at a time; other work goes on in between. */
  entriesPerDocument: 250,
  /** Events of sessions and neighbours reported in a second; of more only the number is. */
  eventsPerS: 50,
  /** Events reported at once after a time without any. */
  eventBurst: 500,
});

export type PlaneLimits = { readonly [name in keyof typeof planeLimits]: number };
