import { describeSample, type SampledFor, type SampledTable } from './data/infer/describe-sample.ts';
import { PerennialError } from './domain/words/errors.ts';
import { answerJob } from './main-job.ts';

/** The first rows of a source, and the definition that they are held against. */
interface SampleJob {
  readonly table: SampledTable;
  readonly spec: SampledFor;
}

// The child of `perennial source test`: rows that nobody has checked are read here, in a process that holds no secret
// and may be lost.
await answerJob<SampleJob>(
  ({ table, spec }) => describeSample(table, spec),
  () => new PerennialError('invalid_data', 'The rows of the source cannot be read as a table.', { path: 'source' }),
);
