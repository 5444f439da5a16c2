import path from 'node:path';
import { kernelExports } from './kernel-exports.ts';
import { Given } from './given.ts';
import { measureKernel, type MeasuredFunction } from './kernel-vectors.ts';

/** Function by function: who uses it, what it was held against, over which arguments, and how far it was off. */
export function linesOfKernel(): readonly string[] {
  const measured = new Map(measureKernel().map((one) => [one.name, one]));
  const rows = kernelExports().flatMap(({ name, file, usedBy }) => {
    const golden = measured.get(name);
    if (golden === undefined) return [];
    const users = `\`${path.basename(usedBy[0] ?? '')}\`${usedBy.length > 1 ? ` and ${usedBy.length - 1} more` : ''}`;
    const of = `[\`${name}\`](../${file})`;
    return [`| ${of} | ${users} | ${golden.source} | ${rangesOf(golden)} | ${sayError(golden.error)} |`];
  });
  return ['| function | used by | held against | over | relative error at most |', '|---|---|---|---|---|', ...rows];
}

/** A power of ten: the digits before it are those of one machine. */
export function sayError(error: number): string {
  return error === 0 ? '0' : `1e${Math.ceil(Math.log10(Math.max(error, 1e-15)))}`;
}

/**
 * What the docstring of a function says of its error: with ranges where all that it takes are numbers.
 *
 * @testonly
 */
export function statedError(golden: MeasuredFunction): string {
  if (golden.error === 0) return 'Exact (golden vectors).';
  const isOfNumbers = golden.vectors.every((vector) =>
    vector.slice(0, golden.args.length).every((one) => typeof one === 'number'),
  );
  const ranges = isOfNumbers ? ` for ${rangesOf(golden)}` : '';
  return `Relative error <= ${sayError(golden.error)}${ranges} (golden vectors).`;
}

function rangesOf({ args, vectors }: MeasuredFunction): string {
  return args
    .flatMap((name, at) =>
      rangeOf(
        name,
        vectors.flatMap((vector) => new Given(vector).all(at)),
      ),
    )
    .join(', ');
}

function rangeOf(name: string, seen: readonly (number | Float64Array)[]): readonly string[] {
  const numbers = seen.filter((one) => typeof one === 'number');
  if (numbers.length > 0) return [`${name} ${between(numbers)}`];
  const lists = seen.filter((one) => typeof one !== 'number').map(({ length }) => length);
  return lists.length === 0 ? [] : [`${between(lists)} ${name}`];
}

function between(numbers: readonly number[]): string {
  const [least, most] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
  return least === most ? say(least) : `${say(least)} to ${say(most)}`;
}

function say(x: number): string {
  const size = Math.abs(x);
  const plain = size === 0 || (size >= 1e-3 && size < 1e6);
  return plain ? String(Number(x.toPrecision(6))) : String(Number(x.toPrecision(3))).replace('e+', 'e');
}
