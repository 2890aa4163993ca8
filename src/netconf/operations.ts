import type { Operation } from "./operation.ts";
import { action } from "./operations/action.ts";
import { cancelCommit } from "./operations/cancel-commit.ts";
import { closeSession } from "./operations/close-session.ts";
import { commit } from "./operations/commit.ts";
import { copyConfig } from "./operations/copy-config.ts";
import { createSubscription } from "./operations/create-subscription.ts";
import { deleteConfig } from "./operations/delete-config.ts";
import { discardChanges } from "./operations/discard-changes.ts";
import { editConfig } from "./operations/edit-config.ts";
import { get } from "./operations/get.ts";
import { getConfig } from "./operations/get-config.ts";
import { getSchema } from "./operations/get-schema.ts";
import { killSession } from "./operations/kill-session.ts";
import { loadCommit } from "./operations/load-commit.ts";
import { lock } from "./operations/lock.ts";
import { partialLock } from "./operations/partial-lock.ts";
import { partialUnlock } from "./operations/partial-unlock.ts";
import { unlock } from "./operations/unlock.ts";
import { validate } from "./operations/validate.ts";

/** Every operation this server has. */
export const operations: readonly Operation[] = Object.freeze([
  get,
  getConfig,
  editConfig,
  copyConfig,
  deleteConfig,
  validate,
  commit,
  cancelCommit,
  discardChanges,
  loadCommit,
  lock,
  unlock,
  partialLock,
  partialUnlock,
  closeSession,
  killSession,
  getSchema,
  createSubscription,
  action,
]);
