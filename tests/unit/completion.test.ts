import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { byNoun, completionScript, type Completed } from '../../src/cli/verbs/machine/completion.ts';
import { rollbackVerb } from '../../src/cli/verbs/control/rollback.ts';
import { statusVerb } from '../../src/cli/verbs/models/status.ts';
import { applyVerb } from '../../src/cli/verbs/models/apply.ts';
import { predictVerb } from '../../src/cli/verbs/models/predict.ts';
import { tokenCreateVerb } from '../../src/cli/verbs/people/token/create.ts';
import { tokenRevokeVerb } from '../../src/cli/verbs/people/token/revoke.ts';
import { tokenRotateVerb } from '../../src/cli/verbs/people/token/rotate.ts';

const verbs: readonly Completed[] = [
  statusVerb,
  rollbackVerb,
  applyVerb,
  predictVerb,
  ...byNoun([tokenCreateVerb, tokenRotateVerb, tokenRevokeVerb]),
  { name: 'dev', about: "Starts what's there." },
];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-completion-'));
  await program('printf %s \'[{"model":"fraud","running":[{"model":"fraud"}]},{"model":"payments.fraud"}]\'');
  await writeFile(path.join(folder, 'completion.bash'), completionScript('bash', verbs));
  await writeFile(path.join(folder, 'fraud-model.ts'), '');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is called `perennial` on the PATH. */
async function program(body: string): Promise<void> {
  await writeFile(path.join(folder, 'perennial'), `#!/bin/sh\n${body}\n`);
  await chmod(path.join(folder, 'perennial'), 0o755);
}

/** What a real bash offers at the end of the line. */
function offered(...line: readonly string[]): readonly string[] {
  const words = ['perennial', ...line].map((word) => `'${word}'`).join(' ');
  const script =
    `source ./completion.bash; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); ` +
    `_perennial; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const result = spawnSync('bash', ['--norc', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
  });
  expect(result.stderr).toBe('');
  return result.stdout.trim() === '' ? [] : result.stdout.trim().split('\n');
}

describe('bash', () => {
  test.each([
    ['verbs', ['st'], ['status']],
    ['every verb', [''], ['apply', 'dev', 'predict', 'rollback', 'status', 'token', 'help']],
    ['models, each once', ['status', ''], ['fraud', 'payments.fraud']],
    ['models that begin so', ['rollback', 'pay'], ['payments.fraud']],
    ['flags', ['rollback', 'fraud', '--r'], ['--reason']],
    ['what every verb takes', ['dev', '--'], ['--json', '--help']],
    ['nothing for words of people', ['rollback', 'fraud', '--reason', ''], []],
    ['files for definitions', ['apply', 'fraud-m'], ['fraud-model.ts']],
    ['files for flags that take them', ['predict', 'fraud', '--file', 'fraud-m'], ['fraud-model.ts']],
    ['actions', ['token', 'r'], ['rotate', 'revoke']],
    ['nothing after an unknown verb', ['nonsense', ''], []],
  ])('%s', (_what, line, expected) => {
    expect(offered(...line)).toEqual(expected);
  });

  test('a server that does not answer does not hold up the terminal', async () => {
    // Longer than a test may take.
    await program('sleep 600');
    expect(offered('status', '')).toEqual([]);
  });
});

test('zsh takes the same through its own loader, fish has lines of its own, and others are refused', () => {
  expect(completionScript('zsh', verbs)).toContain('bashcompinit');
  const fish = completionScript('fish', verbs);
  expect(fish).toContain("complete -c perennial -n __fish_use_subcommand -a dev -d 'Starts what\\'s there.'");
  expect(fish).toContain("complete -c perennial -n '__fish_seen_subcommand_from status' -a '(__perennial_models)'");
  expect(() => completionScript('tcsh', verbs)).toThrow('bash, zsh, fish');
});
