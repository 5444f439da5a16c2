import { snapshotBranchList } from '../../../../contracts/http/data/snapshot-branches.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';
import { modelFlags, modelOf, tellTag } from './tell-tag.ts';

export const snapshotBranchVerb: Verb = {
  name: 'snapshot branch',
  about:
    'Begin the history of a model, which need not exist yet, with the rows of a dataset of another one: no file is ' +
    'copied, and its own source adds to a line of its own.',
  words: ['<origin>', '[latest|tag|digest]'],
  flags: modelFlags,
  examples: [
    'perennial snapshot branch fraud --model fraud.lab',
    'perennial snapshot branch fraud clean --model fraud.lab',
    'perennial snapshot branch fraud 4be1c7d0 --model fraud.lab',
  ],
  async run(call) {
    const [origin = '', from] = call.words;
    const body = { origin, ...(from === undefined || from === 'latest' ? {} : { from }) };
    await tellTag(call, modelOf(call, 'snapshot branch'), 'snapshot-branches', body);
  },
};

export const snapshotUnbranchVerb: Verb = {
  name: 'snapshot unbranch',
  about: 'Begin the next definition of a model with its own source alone; the history that stands stays.',
  words: [],
  flags: modelFlags,
  examples: ['perennial snapshot unbranch --model fraud.lab --reason "it has rows of its own"'],
  async run(call) {
    await tellTag(call, modelOf(call, 'snapshot unbranch'), 'snapshot-branches/end', {});
  },
};

export const snapshotBranchesVerb: Verb = {
  name: 'snapshot branches',
  about: 'What the history of a model begins with, and which models begin with datasets of it.',
  words: ['<model>'],
  flags: [],
  examples: ['perennial snapshot branches fraud'],
  async run({ words: [model = ''], config, out }) {
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/models/${encodeURIComponent(model)}/snapshot-branches`;
    const found = await request(snapshotBranchList, { method: 'GET', url, token: stack.token });
    const all = [...(found.begins === null ? [] : [found.begins]), ...found.branches];
    const rows = all.map((one) => [one.model, one.origin, one.digest.slice(0, 16), shortInstant(one.at), one.by]);
    for (const line of columns([['MODEL', 'BEGINS WITH', 'DIGEST', 'SINCE (UTC)', 'BY'], ...rows])) out.line(line);
    out.json(found);
  },
};
