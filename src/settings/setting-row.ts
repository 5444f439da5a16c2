/** One documented setting. `fallback` is the text that docs show; an empty one means "not set". */
export interface SettingRow {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}
