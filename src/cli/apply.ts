import { applyAnswer, type ApplyAnswer } from '../contracts/answers.ts';
import { parseSpec } from '../contracts/parse-spec.ts';
import { describeChange } from '../domain/diff-spec.ts';
import { loadDefinitions } from './load-definitions.ts';
import { request } from './request.ts';
import { findStack } from './find-stack.ts';
import type { Verb } from './verb.ts';

export const applyVerb: Verb = {
  name: 'apply',
  about: 'Store the definitions in a file as the next revisions of their models.',
  words: ['<file>'],
  flags: [
    { name: 'export', kind: 'text', value: 'NAME', about: 'The export to take, when several define the same model.' },
    { name: 'reason', kind: 'text', about: 'Why; kept with the command.' },
  ],
  examples: ['perennial apply models/fraud.ts', 'perennial apply fraud --reason "new feature"'],
  async run({ words: [file = ''], config, out, text }) {
    const definitions = await loadDefinitions(file, config.rootDir, text('export'));
    // Checked before anything is sent, so that a file is applied whole or not at all.
    const specs = definitions.map((definition) => parseSpec(definition));
    const stack = await findStack(config);
    const answers: ApplyAnswer[] = [];
    for (const spec of specs) {
      const body = { spec, reason: text('reason') ?? undefined };
      const answer = await request(applyAnswer, { method: 'POST', url: `${stack.controlUrl}/v1/apply`, token: stack.token, body });
      out.line(`${answer.text}.`);
      for (const change of answer.changes) out.line(`  ${describeChange(change)}`);
      if (answer.link !== null) out.line(`  ${answer.link}`);
      answers.push(answer);
    }
    out.json(answers);
  },
};
