import { statusLimits } from "./limits.ts";

/**
 * Fetches the page again every now and then, while it is looked at, and puts what differs in place: selections and the
 * place that was scrolled to stay. So there is one rendering, with scripts and without.
 */
export const PAGE_SCRIPT = `
"use strict";
const notice = document.getElementById("notice");
function patch(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeName !== now.nodeName || old.childNodes.length !== now.childNodes.length) return old.replaceWith(now.cloneNode(true));
  if (old.nodeType === Node.TEXT_NODE) old.data = now.data;
  else {
    for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    [...old.childNodes].forEach((child, index) => patch(child, now.childNodes[index]));
  }
}
async function look() {
  try {
    const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(${statusLimits.statusPollMs * 3}) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    patch(document.querySelector("main"), page.querySelector("main"));
    if (notice.textContent !== "") notice.textContent = "";
  } catch {
    const text = "The server does not answer. What is shown may be out of date.";
    if (notice.textContent !== text) notice.textContent = text;
  }
}
async function keepLooking() {
  if (!document.hidden) await look();
  setTimeout(keepLooking, ${statusLimits.statusPollMs});
}
setTimeout(keepLooking, ${statusLimits.statusPollMs});
`;
