/** Limits of access control. */
export const nacmLimits = Object.freeze({
  /** Users whose rules are kept worked out; with one more, all are worked out anew when they are next needed. */
  usersKept: 1024,
});
