import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PerennialError } from '../../../domain/words/errors.ts';
import { columns, figure } from '../../../domain/words/columns.ts';
import { request } from '../../../stack/request.ts';
import { findStack } from '../../../stack/find-stack.ts';
import type { Verb } from '../../line/verb.ts';

const row = z.record(z.string(), z.unknown());
const predictionSchema = z.object({
  predictionId: z.string(),
  version: z.int(),
  arm: z.string(),
  label: z.string().optional(),
  value: z.number().optional(),
  probabilities: z.record(z.string(), z.number()).optional(),
  explanation: z
    .looseObject({
      text: z.string(),
      features: z.array(z.looseObject({ text: z.string() })).optional(),
      correction: z.looseObject({ text: z.string() }).optional(),
    })
    .optional(),
});
const answerSchema = z.object({ model: z.string(), predictions: z.array(predictionSchema) });
type Prediction = z.infer<typeof predictionSchema>;

/** Rows in one request; the server has its own bound and says so. */
const rowsPerRequest = 100;

export const predictVerb: Verb = {
  name: 'predict',
  about: 'Ask a model about one row, or about the rows of a file (a JSON list, or one JSON object per line).',
  words: ['<model>'],
  flags: [
    { name: 'row', kind: 'text', value: 'JSON', about: 'One row: \'{"amount": 12.5, "country": "SE"}\'.' },
    { name: 'file', kind: 'text', value: 'PATH', about: 'A .json or .ndjson file of rows.' },
    { name: 'explain', kind: 'switch', about: 'Say below each answer what moved it.' },
  ],
  examples: [
    'perennial predict fraud --row \'{"amount": 12.5}\'',
    'perennial predict fraud --row \'{"amount": 12.5}\' --explain',
    'perennial predict fraud --file rows.ndjson --json',
  ],
  async run({ words: [model = ''], config, out, text, isSet }) {
    const rows = await rowsOf(text('row'), text('file'));
    const stack = await findStack(config);
    const url = `${stack.inferenceUrl}/v1/models/${encodeURIComponent(model)}/predict`;
    const predictions: Prediction[] = [];
    for (let at = 0; at < rows.length; at += rowsPerRequest) {
      const asked = rows.slice(at, at + rowsPerRequest);
      const body = isSet('explain') ? { rows: asked, explain: true } : { rows: asked };
      predictions.push(
        ...(await request(answerSchema, { method: 'POST', url, token: stack.predictToken, body })).predictions,
      );
    }
    for (const [at, line] of columns(predictions.map(cellsOf)).entries()) {
      out.line(line);
      for (const why of reasonsOf(predictions[at])) out.line(`  ${why}`);
    }
    out.json({ model, predictions });
  },
};

function cellsOf(prediction: Prediction): string[] {
  const probability = prediction.label === undefined ? undefined : prediction.probabilities?.[prediction.label];
  const said = prediction.label ?? (prediction.value === undefined ? '' : figure(prediction.value));
  return [
    said,
    probability === undefined ? '' : `p ${figure(probability)}`,
    `v${prediction.version} (${prediction.arm})`,
    prediction.predictionId,
  ];
}

/** What moved an answer, a line each; none where it was not asked for. */
function reasonsOf(prediction: Prediction | undefined): readonly string[] {
  const { explanation } = prediction ?? {};
  if (explanation === undefined) return [];
  const { text, features = [], correction } = explanation;
  return [
    text,
    ...features.map((feature) => `  ${feature.text}`),
    ...(correction === undefined ? [] : [correction.text]),
  ];
}

async function rowsOf(given: string | null, file: string | null): Promise<readonly unknown[]> {
  if ((given === null) === (file === null)) {
    throw new PerennialError('invalid_request', 'Give either --row or --file.', {
      hint: 'See `perennial predict --help`.',
    });
  }
  const source = file === null ? '--row' : file;
  const content = file === null ? (given ?? '') : await readText(file);
  const rows = parseRows(content, source);
  const wrong = rows.findIndex((candidate) => !row.safeParse(candidate).success);
  if (rows.length === 0) throw new PerennialError('invalid_data', `${source} holds no rows.`, { path: source });
  if (wrong >= 0)
    throw new PerennialError('invalid_data', `Row ${wrong + 1} of ${source} is not an object.`, {
      path: source,
      hint: 'Write each row as {"feature": value}.',
    });
  return rows;
}

/** One JSON value (a row or a list of rows); what is not one is read as one object per line. */
function parseRows(content: string, source: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(content);
    return Array.isArray(value) ? value : [value];
  } catch {
    const lines = content.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2) throw notJson(source, 1);
    return lines.map((line, index) => parseLine(line, index + 1, source));
  }
}

function parseLine(line: string, number: number, source: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw notJson(source, number);
  }
}

/** Without the parser's own sentence, which quotes what it read. */
function notJson(source: string, line: number): PerennialError {
  return new PerennialError('invalid_data', `${source} is not JSON at line ${line}.`, {
    path: `${source}:${line}`,
    hint: 'Quote names and texts with double quotes: {"amount": 12.5}.',
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new PerennialError('invalid_data', `${file} cannot be read (${why}).`, { path: file, cause });
  }
}
