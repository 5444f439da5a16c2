export interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly values: readonly string[];
  readonly chosen: string | null;
  /** False where one of the values must be chosen. */
  readonly hasAny?: boolean;
}

/** One of a few words. */
export function Choice({ label, name, values, chosen, hasAny = true }: ChoiceProps) {
  return (
    <label>
      {label}
      <select name={name}>
        {hasAny ? <option value="">any</option> : null}
        {values.map((value) => (
          <option value={value} selected={value === chosen}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}
