/** One floor of the house; rooms.mjs says what each member means. */
export interface Room {
  readonly paths: readonly string[];
  readonly about: string;
  readonly never: string;
  readonly folders?: readonly string[];
  readonly only?: readonly string[];
  readonly not?: readonly string[];
  readonly packages?: readonly string[];
  readonly packagesNot?: readonly string[];
  readonly packagesIn?: Readonly<Record<string, readonly string[]>>;
}

export const rooms: readonly Room[];
export const compositionRoot: RegExp;
