import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { rootDir } from '../../src/config.ts';

/** What CONTRIBUTING.md says of adding a thing: numbered lines name files in the order in which they are touched. */
const recipes = ['metric', 'task', 'trainer', 'source kind', 'route'];

const text = readFileSync(path.join(rootDir, 'CONTRIBUTING.md'), 'utf8');

function stepsOf(recipe: string): readonly string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`Add a ${recipe}\n`)) ?? '';
  return section.split('\n').filter((line) => /^\d+\. /.test(line));
}

function filesIn(line: string): readonly string[] {
  return [...line.matchAll(/\]\(([^)\s]+)\)/g)].map(([, file = '']) => file);
}

describe.each(recipes)('the recipe "add a %s"', (recipe) => {
  test('has numbered steps, each of which begins with a file that exists', () => {
    const steps = stepsOf(recipe);
    expect(steps.length).toBeGreaterThan(1);
    for (const [index, step] of steps.entries()) {
      expect(step).toMatch(new RegExp(`^${index + 1}\\. \\[[^\\]]+\\]\\(`));
      for (const file of filesIn(step)) expect(existsSync(path.join(rootDir, file)), file).toBe(true);
    }
  });
});

test('the metric recipe names what adding a metric touches, and nothing else', () => {
  const proof = readFileSync(path.join(rootDir, 'tests/unit/added-metric.test.ts'), 'utf8');
  const replaced = [...proof.matchAll(/vi\.mock\('\.\.\/\.\.\/([^']+)'/g)].map(([, file = '']) => file);
  expect(replaced.length).toBeGreaterThan(0);
  expect(stepsOf('metric').flatMap(filesIn)).toEqual(replaced);
});

test('every script that it names exists', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(rootDir, 'package.json'), 'utf8'));
  const named = [...text.matchAll(/`npm run ([a-z:-]+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
