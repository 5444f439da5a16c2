import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { artifactAnswer, foreignSignatureSchema, importAnswer } from '../../../contracts/http/import.ts';
import { describeIssues } from '../../../contracts/spec/describe-issues.ts';
import { PerennialError } from '../../../domain/words/errors.ts';
import { parseWhole } from '../../../domain/words/whole-number.ts';
import { findStack } from '../../../stack/find-stack.ts';
import { request } from '../../../stack/request.ts';
import { commandFlags } from '../../line/tell.ts';
import type { Call, Verb } from '../../line/verb.ts';

/** Loading and trying a large file takes its time; sending it does too. */
const limitMs = 180_000;

export const importVerb: Verb = {
  name: 'import',
  about: 'Serve and watch a model that was trained elsewhere, from its ONNX file, or the JSON of LightGBM or XGBoost.',
  words: ['<model.onnx>'],
  flags: [
    { name: 'name', kind: 'text', value: 'NAME', about: 'Name of the model, such as payments.fraud.' },
    {
      name: 'signature',
      kind: 'text',
      value: 'FILE',
      about: 'JSON: what the file does not say of its features and its output.',
    },
    {
      name: 'data',
      kind: 'text',
      value: 'FILE',
      about: 'CSV with a header: rows like those it was trained on, as the reference for drift.',
    },
    {
      name: 'golden',
      kind: 'text',
      value: 'FILE',
      about: "CSV, NDJSON or JSON: rows with its maker's own answers; another answer refuses the import.",
    },
    {
      name: 'process',
      kind: 'text',
      value: 'own|shared',
      about: '`own` runs each version in a process of its own, which other models do not notice when it fails.',
    },
    { name: 'memory', kind: 'text', value: 'MIB', about: 'The most memory that it may take, in MiB.' },
    { name: 'timeout', kind: 'text', value: 'MS', about: 'The longest that a run in its own process may take.' },
    { name: 'owner', kind: 'text', about: 'Who answers for it.' },
    { name: 'use-case', kind: 'text', about: 'What it is for.' },
    ...commandFlags,
  ],
  examples: [
    'perennial import model.onnx --name payments.fraud',
    'perennial import model.lightgbm.json --name payments.fraud',
    'perennial import model.onnx --name payments.fraud --process own --memory 768',
    'perennial import model.onnx --name churn --signature signature.json ' +
      '--data sample.csv --reason "from the data science team"',
  ],
  async run(call) {
    const [file = ''] = call.words;
    const name = call.text('name');
    if (name === null)
      throw new PerennialError('invalid_request', '`perennial import` needs --name.', {
        path: '--name',
        hint: 'See `perennial import --help`.',
      });
    const signature = await signatureOf(call.text('signature'));
    const artifact = await upload(call, file);
    const sample = call.text('data');
    const data = sample === null ? null : await upload(call, sample);
    const rows = call.text('golden');
    const golden = rows === null ? null : await upload(call, rows);
    const stack = await findStack(call.config);
    const owner = call.text('owner');
    const useCase = call.text('use-case');
    const answer = await request(importAnswer, {
      method: 'POST',
      url: `${stack.controlUrl}/v1/models/${encodeURIComponent(name)}/import`,
      token: stack.token,
      key: call.text('id'),
      limitMs,
      body: {
        artifact,
        fileName: path.basename(file).slice(0, 200),
        reason: call.text('reason') ?? `imported from ${path.basename(file).slice(0, 200)}`,
        ...(data === null ? {} : { data }),
        ...(golden === null ? {} : { golden }),
        ...(signature === null ? {} : { signature }),
        ...processIn(call),
        ...(owner === null ? {} : { owner }),
        ...(useCase === null ? {} : { useCase }),
      },
    });
    call.out.line(`${answer.model}: ${answer.text}.`);
    for (const note of answer.inferred) call.out.line(`  ${note}`);
    call.out.line(`  maker: ${answer.maker}`);
    call.out.json(answer);
  },
};

/** The port says what is wrong with a word or a size; here only what is no number is. */
function processIn(call: Call): Record<string, unknown> {
  const process = call.text('process');
  const memory = wholeNumber(call, 'memory');
  const timeout = wholeNumber(call, 'timeout');
  return {
    ...(process === null ? {} : { process }),
    ...(memory === null ? {} : { memoryBytesMax: memory * 1024 ** 2 }),
    ...(timeout === null ? {} : { timeoutMs: timeout }),
  };
}

function wholeNumber(call: Call, name: string): number | null {
  const text = call.text(name);
  const number = parseWhole(text ?? undefined);
  if (text === null || number !== null) return number;
  throw new PerennialError('invalid_request', `--${name} takes a whole number.`, { path: `--${name}` });
}

async function signatureOf(file: string | null): Promise<unknown> {
  if (file === null) return null;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    // The parser's own sentence quotes what it read.
    const why = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new PerennialError('invalid_request', `${file} ${why}.`, { path: '--signature' });
  }
  const parsed = foreignSignatureSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { text, first } = describeIssues(parsed.error);
  throw new PerennialError('invalid_request', `${file} is no signature: ${text}`, { path: first });
}

/** Returns the digest of the bytes. */
async function upload({ config }: Call, file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile())
    throw new PerennialError('invalid_request', `There is no file ${file}.`, {
      path: file,
      hint: 'Give the path of a file.',
    });
  const stack = await findStack(config);
  const { digest } = await request(artifactAnswer, {
    method: 'POST',
    url: `${stack.controlUrl}/v1/artifacts`,
    token: stack.token,
    limitMs,
    file: { stream: createReadStream(file), bytes: found.size },
  });
  return digest;
}
