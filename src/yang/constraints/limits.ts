/** Limits of finding out what constraints depend on. One that is past them is evaluated after each change. */
export const constraintLimits = Object.freeze({
  /** Characters of one XPath expression of a module. */
  expressionCharacters: 65_536,
  /** Levels of its tree: nested predicates, parentheses and arguments, and operators in a row. */
  expressionLevels: 512,
  /** Schema nodes that its paths go through, each time counted. */
  expressionPlaces: 1_000_000,
});
