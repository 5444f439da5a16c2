import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fraud } from '../../../models/fraud.ts';
import { exportOdcs } from '../../../src/contract-documents/write/export-odcs.ts';
import { writeYaml } from '../../../src/contract-documents/terms/yaml.ts';
import { parseSpec } from '../../../src/contracts/spec/parse-spec.ts';
import { contractDocumentOf } from '../../../src/domain/contract/document/contract-document.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { anyContract } from '../../worlds/any-contract.ts';
import { findDataContract } from '../../worlds/datacontract.ts';
import { missingOf } from '../../worlds/python-tool.ts';
import { titled } from '../../worlds/tools.ts';

/** The command line of the standard's own community, unmodified: what it takes, the tools around it take. */
const found = await findDataContract();
const missing = missingOf(found);
const command = 'command' in found ? found.command : '';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'datacontract-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function lint(text: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const file = path.join(folder, `contract-${Math.abs(text.length)}.odcs.yaml`);
  await writeFile(file, text);
  const child = spawn(command, ['lint', file], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '160' },
    timeout: 60_000,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: Buffer.concat(chunks).toString() };
}

const random = createRandom('lint');
const documents = [
  ['the model of the demo', contractDocumentOf(parseSpec(fraud))],
  ...Array.from({ length: 4 }, (_, index) => [`contract ${index}`, contractDocumentOf(anyContract(random))] as const),
] as const;

test.each(documents)(
  titled('`datacontract lint` takes %s', missing),
  { skip: missing !== null },
  async (_, document) => {
    const { code, output } = await lint(writeYaml(exportOdcs(document, { version: '1', status: 'active' })));
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('valid against ODCS v3.1.0') });
  },
);

test(titled('and refuses one that is none', missing), { skip: missing !== null }, async () => {
  const [, document] = documents[0];
  const broken = writeYaml({ ...exportOdcs(document, { version: '1', status: 'active' }), version: 1 });
  expect((await lint(broken)).code).toBe(1);
});
