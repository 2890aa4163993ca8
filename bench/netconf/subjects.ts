import { bmpSessions, plainSessions } from "./load/list-model.ts";
import type { Plan } from "./plan.ts";
import { Bmpconfd } from "./servers/bmpconfd.ts";
import { Netconfd } from "./servers/netconfd.ts";
import type { Subject } from "./subject.ts";

/** bmpconfd with what it is for, then bmpconfd and the peer with the same list. */
export function subjectsOf(plan: Plan): Record<"headline" | "plain" | "peer", Subject> {
  return {
    headline: {
      name: "bmpconfd, bmp-session",
      model: bmpSessions,
      sizes: plan.sizes,
      hasLargeEdit: true,
      createServer: () => new Bmpconfd(bmpSessions),
    },
    plain: {
      name: "bmpconfd, plain list",
      model: plainSessions,
      sizes: plan.plainSizes,
      hasLargeEdit: true,
      createServer: () => new Bmpconfd(plainSessions),
    },
    peer: {
      name: "netconfd, plain list",
      model: plainSessions,
      sizes: plan.peerSizes,
      // Its edits cost with the square of the list.
      hasLargeEdit: false,
      createServer: () => new Netconfd(plainSessions),
    },
  };
}
