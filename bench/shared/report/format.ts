/** Three significant digits, the unit that keeps them short. */
export function formatMs(ms: number): string {
  return ms < 1_000 ? `${digits(ms)} ms` : `${digits(ms / 1_000)} s`;
}

/** Several times in the unit that suits the longest. */
export function formatAllMs(times: readonly number[]): string {
  const isLong = Math.max(...times) >= 10_000;
  return `${times.map((ms) => digits(isLong ? ms / 1_000 : ms)).join(" / ")} ${isLong ? "s" : "ms"}`;
}

export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1_000_000) return `${digits(bytes / 1_000)} KB`;
  return `${digits(bytes / 1_000_000)} MB`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** How many times as much. */
export function formatRatio(ratio: number): string {
  return `${digits(ratio)}×`;
}

/** Up to two decimals; none from 100 on, and where there is nothing behind the point. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return formatCount(value);
  return value.toFixed(size >= 10 ? 1 : 2);
}
