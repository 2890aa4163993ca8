import { type Html, html } from "./html.ts";
import type { RatePoint } from "./rate-history.ts";

const WIDTH = 600;
const HEIGHT = 100;

/** A plot of the last `spanS` seconds, up to the time `nowMs` since the epoch. */
export function ratePlot(points: readonly RatePoint[], nowMs: number, spanS: number): Html {
  const last = points.at(-1);
  if (last === undefined) {
    return html`<p class="quiet">Nothing measured yet. The rate is taken between two looks at the server, of this page or of Prometheus.</p>`;
  }
  const most = Math.max(...points.map(({ perSecond }) => perSecond));
  const scale = most === 0 ? 1 : most;
  const x = (timeMs: number) => coordinate(WIDTH - ((nowMs - timeMs) / 1000 / spanS) * WIDTH);
  const y = (perSecond: number) => coordinate(HEIGHT - (perSecond / scale) * HEIGHT);
  const line = points.map(({ timeMs, perSecond }) => `${x(timeMs)},${y(perSecond)}`);
  const first = points[0] ?? last;
  const area = [`${x(first.timeMs)},${HEIGHT}`, ...line, `${x(last.timeMs)},${HEIGHT}`];
  const words = `${rate(last.perSecond)} now, ${rate(most)} at most in the last ${spanS / 60} minutes`;
  return html`<figure>
<svg viewBox="0 -4 ${WIDTH} ${HEIGHT + 8}" preserveAspectRatio="none" role="img" aria-label="BMP messages per second: ${words}">
<polygon class="area" points="${area.join(" ")}"></polygon>
<polyline class="line" points="${line.join(" ")}"></polyline>
</svg>
<figcaption>${words}</figcaption>
</figure>`;
}

const coordinate = (value: number): string => value.toFixed(1);
const rate = (perSecond: number): string =>
  `${perSecond.toLocaleString("en", { maximumFractionDigits: perSecond < 10 ? 1 : 0 })} per second`;
