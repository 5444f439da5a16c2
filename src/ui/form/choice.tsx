export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly name: string;
  readonly values: readonly Value[];
  readonly chosen: Value | null;
  /** False where one of the values must be chosen. */
  readonly hasAny?: boolean;
  /** What a value is called, where that is not the value itself. */
  readonly words?: Readonly<Partial<Record<Value, string>>>;
}

/** One of a few words. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, name, values, chosen, hasAny = true, words } = props;
  return (
    <label>
      {label}
      <select name={name}>
        {hasAny ? <option value="">any</option> : null}
        {values.map((value) => (
          <option value={value} selected={value === chosen}>
            {words?.[value] ?? value}
          </option>
        ))}
      </select>
    </label>
  );
}
