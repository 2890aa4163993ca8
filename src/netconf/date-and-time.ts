const PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** RFC 6991's `date-and-time` in ms since the epoch, cut to whole ones; undefined when it is none. */
export function parseDateAndTime(text: string): number | undefined {
  const [, seconds, fraction = "", zone] = PATTERN.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const time = Date.parse(`${seconds}Z`);
  // The language takes 2026-02-30 for a day in March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, seconds.length) !== seconds) return undefined;
  const withZone = Date.parse(`${seconds}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(withZone) ? undefined : withZone;
}
