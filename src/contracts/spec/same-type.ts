/** Everything read-only, all the way down: what a parsed value is, once it has been parsed. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** `true` only when both types are the same, optional members and unions included. */
export type SameType<Left, Right> =
  (<T>() => T extends DeepReadonly<Left> ? 1 : 2) extends <T>() => T extends DeepReadonly<Right> ? 1 : 2 ? true : false;
