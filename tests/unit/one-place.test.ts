import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { productVersion } from '../../src/product-version.ts';
import { readSources } from '../worlds/sources.ts';

const sources = readSources();

/** The files whose code matches, by name. */
function filesWith(pattern: RegExp): readonly string[] {
  return sources.flatMap(({ file, code }) => (pattern.test(code) ? [file] : [])).toSorted();
}

test('LISTEN is sent, and notifications are heard, by one implementation', () => {
  expect(filesWith(/[`'"]\s*listen\s+[\w"$]|\.on\('notification'/i)).toEqual(['src/db/base/listen.ts']);
});

test('a stored reference profile is parsed by one function and kept by one cache', () => {
  expect(filesWith(/\bas ReferenceProfile\b|value is ReferenceProfile\b/)).toEqual(['src/domain/training/profile.ts']);
  expect(filesWith(/Map<string, (?:Promise<)?ReferenceProfile\b/)).toEqual(['src/artifacts/profile-reader.ts']);
});

test('the version of the product stands in package.json; only the client, which reads no file, repeats it', () => {
  expect(productVersion).toBe(manifest.version);
  expect(filesWith(new RegExp(`['"\`]v?${manifest.version.replaceAll('.', String.raw`\.`)}['"\`]`))).toEqual([
    'src/sdk/client/client-version.ts',
  ]);
  expect(filesWith(/\/package\.json'/)).toContain('src/product-version.ts');
});

/** What is cut here is no text for people: lists, samples, parts of a file, the name of one. */
const otherCuts: readonly string[] = [
  'src/cli/verbs/models/import.ts',
  'src/data/text/find-missing-header.ts',
  'src/db/pages/version.ts',
  'src/serving/edge/read-row.ts',
];

test('a text that may be too long is cut by one function, which says that it did', () => {
  const cutAtNumber =
    /\.slice\(0, ?(?:[0-9_]{3,}|\w*(?:[cC]hars|[cC]haracters)Max)\)|"\$\{[\w.]+\.slice\(0, [0-9_]+\)\}"/;
  const found = filesWith(cutAtNumber).filter((file) => !/^(?:bench|tools|simulator)\//.test(file));
  expect(found).toEqual(otherCuts);
});
