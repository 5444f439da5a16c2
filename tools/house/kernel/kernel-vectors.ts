import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '../../../src/config.ts';
import type { KernelCall, Said } from './call.ts';
import { Given } from './given.ts';
import { kernelCalls } from './kernel-calls.ts';

/** A function of src/statistics with its golden vectors, and how far it was from them. */
export interface MeasuredFunction {
  readonly name: string;
  readonly source: string;
  readonly args: readonly string[];
  readonly vectors: readonly (readonly unknown[])[];
  readonly error: number;
  /** The vector with the largest error, for a person who wants to know. */
  readonly worst: string;
}

const folders = ['numeric', 'distributions', 'samples', 'sequential'] as const;

let known: readonly MeasuredFunction[] | null = null;

/** All functions; they are measured once per process. */
export function measureKernel(): readonly MeasuredFunction[] {
  known ??= folders.flatMap((folder) => {
    const golden = readGolden(path.join(rootDir, 'src', 'statistics', folder, `${folder}.golden.json`));
    return Object.entries(golden).map(([name, one]) => ({ name, ...one, ...errorOf(name, one) }));
  });
  return known;
}

interface Golden {
  readonly source: string;
  readonly args: readonly string[];
  readonly vectors: readonly (readonly unknown[])[];
}

function readGolden(file: string): Readonly<Record<string, Golden>> {
  const read: { readonly functions: Readonly<Record<string, Golden>> } = JSON.parse(readFileSync(file, 'utf8'));
  return read.functions;
}

function errorOf(name: string, { args, vectors }: Golden) {
  const call = kernelCalls[name];
  if (call === undefined) throw new Error(`${name} has golden vectors, and kernel-calls.ts does not ask it.`);
  let [error, worst] = [0, ''];
  for (const vector of vectors) {
    const given = vector.slice(0, args.length);
    const here = distance(call, call.of(new Given(given)), vector.slice(args.length));
    if (here > error || Number.isNaN(here)) [error, worst] = [Number.isNaN(here) ? Infinity : here, told(given)];
  }
  return { error, worst };
}

function told(given: readonly unknown[]): string {
  return JSON.stringify(given).slice(0, 200);
}

/** Infinite where what is absent, or how many there are, differs. */
function distance(call: KernelCall, said: Said, wanted: readonly unknown[]): number {
  const [got, want] = [flat(said), flat(wanted)];
  if (got.length !== want.length) return Infinity;
  const all = want.reduce<number>((most, one) => Math.max(most, Math.abs(one ?? 0)), 0);
  return want.reduce<number>((most, one, i) => {
    const mine = got[i] ?? null;
    if (one === null || mine === null) return one === mine ? most : Infinity;
    const of = { each: Math.abs(one), largest: all, logarithm: Math.max(1, Math.abs(one)) }[call.against];
    const far = Math.abs(mine - one) / (of === 0 ? 1 : of);
    return Number.isNaN(far) ? Infinity : Math.max(most, far);
  }, 0);
}

function flat(said: unknown): readonly (number | null)[] {
  if (typeof said === 'number') return [said];
  if (ArrayBuffer.isView(said)) return [...(said as Float64Array)];
  if (Array.isArray(said)) return said.flatMap(flat);
  return [null];
}
