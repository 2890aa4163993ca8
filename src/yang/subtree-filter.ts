/** RFC 6241 section 6: one element of a subtree filter, as plain data that crosses threads. */
export interface SubtreeFilterNode {
  readonly name: string;
  /** Undefined = no namespace given: matches any (RFC 6241 section 6.2.1). */
  readonly namespace?: string;
  /** Attribute match expressions (section 6.2.2). */
  readonly attributes: readonly { readonly namespace?: string; readonly name: string; readonly value: string }[];
  readonly children: readonly SubtreeFilterNode[];
  /** Leading and trailing white space removed; "" for none. A childless node with text is a content match node (6.2.5). */
  readonly text: string;
}

/** The children of `<filter type="subtree">`; empty = selects nothing (section 6.4.2). */
export type SubtreeFilter = readonly SubtreeFilterNode[];

/** Whether an element is a content match node (section 6.2.5). */
export const isContentMatch = ({ children, text }: SubtreeFilterNode): boolean => children.length === 0 && text !== "";

/** Whether a filter, undefined = everything, can select anything of that node at the top of the data. */
export const selectsTop = (filter: SubtreeFilter | undefined, top: string, of: string): boolean =>
  filter === undefined || filter.some(({ name, namespace = of }) => name === top && namespace === of);
