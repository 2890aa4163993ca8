/** Why a text is no XPath expression, or one that is too long or too deep. */
export interface XPathSyntaxError {
  readonly message: string;
  /** Where, in UTF-16 units from the start. */
  readonly offset: number;
}

/** Carries an error out of the tokenizer and the parser; it never leaves `parseXPath`. */
export class Refusal extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
