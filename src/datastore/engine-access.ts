import type { DataTree } from "libyang-wasm";
import type { AccessOperation, AccessUser } from "../nacm/config.ts";
import { NacmUnits, nacmPaths } from "../nacm/nacm-units.ts";
import { PerUser } from "../nacm/per-user.ts";
import { UserRules } from "../nacm/user-rules.ts";
import { type SchemaAccess, schemaAccess } from "../yang/data-access.ts";
import type { Schema } from "../yang/schema.ts";
import type { ConfigChange } from "./subscriber.ts";
import { allUnits } from "./unit-changes.ts";
import { UnitSchema } from "./unit-schema.ts";

/** What users may do with data, as the rules in running say it. */
export class EngineAccess {
  readonly #schema: Schema;
  readonly #units = new UnitSchema(new Set(Object.values(nacmPaths)));
  #users: PerUser<Limits>;

  constructor(schema: Schema, running: DataTree) {
    this.#schema = schema;
    this.#users = this.#read(running);
  }

  /** `change` has led to `running`. */
  committed(change: ConfigChange, running: DataTree): void {
    const paths: readonly string[] = Object.values(nacmPaths);
    if (change.some(({ path }) => paths.includes(path))) this.#users = this.#read(running);
  }

  /** Undefined = everything may be read. `user` undefined: the server itself. */
  reader(user: AccessUser | undefined): SchemaAccess | undefined {
    return user && this.#users.of(user).read;
  }

  /** Undefined = everything may be written. */
  writer(user: AccessUser | undefined): SchemaAccess | undefined {
    return user && this.#users.of(user).write;
  }

  /** Undefined = everything is permitted. */
  performer(user: AccessUser | undefined): SchemaAccess | undefined {
    return user && this.#users.of(user).any;
  }

  #read(running: DataTree): PerUser<Limits> {
    const config = NacmUnits.none.with(allUnits(this.#units, running)).config();
    return new PerUser((user) => this.#limitsOf(schemaAccess(new UserRules(config, user))));
  }

  #limitsOf(access: SchemaAccess): Limits {
    const isFree = (operation: AccessOperation) =>
      this.#schema.children.in(undefined).every(({ schema }) => access.extentBelow(schema, operation) === "permitted");
    return {
      any: access,
      read: isFree("read") ? undefined : access,
      write: isFree("create") && isFree("update") && isFree("delete") ? undefined : access,
    };
  }
}

interface Limits {
  /** Those of all operations. */
  readonly any: SchemaAccess;
  /** Undefined = there are none. */
  readonly read: SchemaAccess | undefined;
  readonly write: SchemaAccess | undefined;
}
