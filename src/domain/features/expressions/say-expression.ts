import type { Expression, Operation } from './expression.ts';

/** An argument of a call: what it is computed from, or a setting. */
export type Argument = { readonly of: Expression } | { readonly setting: string | number | readonly number[] | object };

/** The operation as a call in the words of the SDK. */
export function callOf(operation: Operation): { readonly word: string; readonly args: readonly Argument[] } {
  const [first, ...others] = operation.of.map((of): Argument => ({ of }));
  const operands = first === undefined ? [] : [first, ...others];
  const settings = settingsOf(operation).map((setting): Argument => ({ setting }));
  // A comparison is read from left to right.
  if (operation.op === 'holds' && first !== undefined) return { word: 'holds', args: [first, ...settings, ...others] };
  return { word: operation.op, args: [...operands, ...settings] };
}

function settingsOf(operation: Operation): readonly (string | number | readonly number[] | object)[] {
  if ('timeZone' in operation) return operation.timeZone === 'UTC' ? [] : [{ timeZone: operation.timeZone }];
  if (operation.op === 'bucket') return [operation.edges];
  if (operation.op === 'age') return [operation.unit];
  if (operation.op === 'clip') return [operation.min, operation.max];
  if (operation.op === 'isWord') return [operation.word];
  return operation.op === 'holds' ? [operation.sign] : [];
}

/** For people: `ratio(amount, items)`, `holds(amount, <, 3)`, `hour(at, +05:30)`. */
export function sayExpression(expression: Expression): string {
  if (expression.op === 'column') return expression.name;
  if (expression.op === 'value') return String(expression.value);
  const { word, args } = callOf(expression);
  const said = args.map((argument) => ('of' in argument ? sayExpression(argument.of) : saySetting(argument.setting)));
  return `${word}(${said.join(', ')})`;
}

function saySetting(setting: string | number | readonly number[] | object): string {
  if (Array.isArray(setting)) return `[${setting.join(', ')}]`;
  return typeof setting === 'object' ? Object.values(setting).join(', ') : String(setting);
}
