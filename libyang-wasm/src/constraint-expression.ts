import { SchemaXPath, type XPathSource } from "./schema-xpath.ts";

/** The condition of a `must` or `when` statement. */
export class ConstraintExpression extends SchemaXPath {
  /** A must's error-message; undefined when it has none. */
  readonly errorMessage: string | undefined;
  /** A must's error-app-tag; undefined when it has none. */
  readonly appTag: string | undefined;

  /** @internal */
  constructor(source: XPathSource, errorMessage?: string, appTag?: string) {
    super(source);
    this.errorMessage = errorMessage;
    this.appTag = appTag;
  }
}
