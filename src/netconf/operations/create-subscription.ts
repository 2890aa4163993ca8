import type { Datastores } from "../../datastore/datastores.ts";
import { badElement, invalidValue, missingElement, tooBig } from "../../errors/constructors.ts";
import { notificationLimits } from "../../notifications/limits.ts";
import { filterSize } from "../../notifications/matches-filter.ts";
import { noticeMessage } from "../../notifications/stream-event.ts";
import type { SubscriptionRequest } from "../../notifications/subscription.ts";
import { NETCONF_NOTIFICATION } from "../../xml/netconf-namespace.ts";
import { isXPath } from "../../yang/xpath-filter.ts";
import { defineOperation, subscribed } from "../operation.ts";
import type { OperationInput } from "../operation-input.ts";
import { requestPath } from "../parameter-errors.ts";

const NAME = "create-subscription";
const step = (name: string) => ({ namespace: NETCONF_NOTIFICATION, name });
/** Leads to the operation, or one of its parameters. */
const pathTo = (...parameters: readonly string[]) => requestPath(...[NAME, ...parameters].map(step));
/** The stream that every server has, and the only one here. */
const NETCONF_STREAM = "NETCONF";

/** <create-subscription>, RFC 5277 section 2.1.1. */
export const createSubscription = defineOperation({
  namespace: NETCONF_NOTIFICATION,
  name: NAME,
  parameters: ["stream", "filter", "startTime", "stopTime"],
  changesNothing: true,

  async run({ datastores, notifications }, input) {
    requireStream(input.string("stream") ?? NETCONF_STREAM);
    const times = readTimes(input, notifications.now());
    notifications.subscribe({ ...(await readFilter(input, datastores)), ...times });
    return subscribed;
  },
});

function requireStream(name: string): void {
  if (name === NETCONF_STREAM) return;
  throw invalidValue(`There is no such stream; use "${NETCONF_STREAM}", or leave <stream> out.`, {
    path: pathTo("stream"),
  });
}

async function readFilter(
  input: OperationInput,
  datastores: Datastores,
): Promise<Pick<SubscriptionRequest, "filter" | "select">> {
  const filter = input.filter();
  const { filterElements } = notificationLimits;
  if (isXPath(filter)) {
    const select = (events: readonly string[]) => datastores.selectEvents(filter, events);
    // Whatever there is to evaluate it on: what cannot be evaluated is refused here, not when something happens.
    await select([noticeMessage(0, "replayComplete").toString()]);
    return { select };
  }
  if (filter === undefined || filterSize(filter) <= filterElements) return { filter };
  throw tooBig(`A subscription's filter has at most ${filterElements} elements; select more with fewer of them.`, {
    type: "protocol",
    path: pathTo("filter"),
  });
}

/** The errors are those of RFC 5277 section 2.1.1. */
function readTimes(input: OperationInput, now: number): { readonly startMs?: number; readonly stopMs?: number } {
  const [startMs, stopMs] = [input.dateAndTime("startTime"), input.dateAndTime("stopTime")];
  if (startMs === undefined) {
    if (stopMs === undefined) return {};
    const message = "<stopTime> goes with <startTime> only; add that, or leave <stopTime> out.";
    throw missingElement("startTime", message, { path: pathTo() });
  }
  if (startMs > now) {
    const message = "<startTime> is in the future; leave it out to be told of new events only.";
    throw badElement("startTime", message, { path: pathTo("startTime") });
  }
  if (stopMs === undefined) return { startMs };
  if (stopMs > startMs) return { startMs, stopMs };
  const message = "<stopTime> is not later than <startTime>; make it later, or leave it out.";
  throw badElement("stopTime", message, { path: pathTo("stopTime") });
}
