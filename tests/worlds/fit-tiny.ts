import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withDuck } from '../../src/data/duck/connect.ts';
import { defaultTrainers } from '../../src/domain/spec/trainer-spec.ts';
import type { ExternalTask } from '../../src/domain/training/external.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import { columnFrom, columnsOf } from '../../src/onnx/run/columns.ts';
import { linearTrainer } from '../../src/trainers/families/linear/linear.ts';

/**
 * The training code of a user, for tests: a logistic model of the rows of the folder, as an ONNX file that takes each
 * feature by name, and a word about itself.
 */
export async function fitTiny(folder: string): Promise<void> {
  const task = JSON.parse(await readFile(path.join(folder, 'spec.json'), 'utf8')) as ExternalTask;
  const { classes = [] } = task.target;
  const features = task.features.map(({ name, kind }) => ({ name, kind, missing: 'allow' as const }));
  const rows = await withDuck({ threads: 1 }, (duck) =>
    duck.rows(`select * from read_parquet('${path.join(folder, 'train', 'rows.parquet')}') order by _order`),
  );
  const columns = features.map((feature) =>
    columnFrom(
      feature,
      rows.map((row) => {
        const value = row[feature.name];
        return value === null || value === undefined
          ? null
          : feature.kind === 'category'
            ? String(value)
            : Number(value);
      }),
    ),
  );
  const labels = Float64Array.from(rows, (row) => classes.indexOf(String(row[task.target.column])));
  const [negative = '', positive = ''] = classes;
  const target = {
    task: 'binary',
    column: task.target.column,
    positive,
    negative,
    labelDelay: { rows: 1 },
  } as const;
  const model = await linearTrainer.fit({
    signature: signatureOf({ features, target }),
    columns: columnsOf(rows.length, columns),
    labels,
    weights: null,
    limits: [],
    training: { from: 0, to: rows.length },
    validation: null,
    settings: defaultTrainers.linear,
    treesMax: null,
    checkpoint: null,
    onProgress: () => Promise.resolve(),
  });
  await writeFile(path.join(folder, 'model.onnx'), model.toOnnx('by a user'));
  await writeFile(
    path.join(folder, 'report.json'),
    JSON.stringify({ metrics: { auroc: 1 }, environment: { where: 'elsewhere' } }),
  );
}
