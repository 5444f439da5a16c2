import { featureViewDetail } from '../../../../contracts/http/data/feature-views.ts';
import { parseView } from '../../../../contracts/spec/view-spec.ts';
import { sayFeature, sayTimes } from '../../../../domain/view/say-view.ts';
import { columns, shortInstant } from '../../../../domain/words/columns.ts';
import { sayCount } from '../../../../domain/words/say.ts';
import { findStack } from '../../../../stack/find-stack.ts';
import { request } from '../../../../stack/request.ts';
import type { Verb } from '../../../line/verb.ts';

export const viewShowVerb: Verb = {
  name: 'view show',
  about:
    'A feature view: what each feature is, its revisions, how far it was read, which models take features from it.',
  words: ['<view>'],
  flags: [],
  examples: ['perennial view show cardholders'],
  async run({ words: [view = ''], config, out }) {
    const stack = await findStack(config);
    const url = `${stack.controlUrl}/v1/views/${encodeURIComponent(view)}`;
    const found = await request(featureViewDetail, { method: 'GET', url, token: stack.token });
    const spec = parseView(found.spec);
    out.line(`${found.view}: revision ${found.revision} (${found.digest.slice(0, 12)}), of ${found.owner}`);
    for (const line of sayTimes(spec)) out.line(`  ${line}`);
    const { newestSnapshot } = found;
    out.line(
      newestSnapshot === null
        ? '  Not read yet: the next training that takes features from it does.'
        : `  Read until snapshot ${newestSnapshot.digest.slice(0, 16)} of ${shortInstant(newestSnapshot.createdAt)} ` +
            `(${sayCount(newestSnapshot.rows)} rows, ${sayCount(newestSnapshot.quarantinedRows)} quarantined).`,
    );
    const features = spec.features.map((feature) => [feature.name, feature.kind, sayFeature(feature)]);
    for (const line of columns([['FEATURE', 'KIND', 'IS'], ...features])) out.line(line);
    const revisions = found.revisions.map((one) => [
      String(one.revision),
      one.digest.slice(0, 12),
      one.actor,
      shortInstant(one.appliedAt),
    ]);
    for (const line of columns([['REVISION', 'DIGEST', 'BY', 'APPLIED (UTC)'], ...revisions])) out.line(line);
    for (const { model, digest } of found.models) {
      const known = found.revisions.find((one) => one.digest === digest);
      out.line(
        `${model} takes features from ${known === undefined ? digest.slice(0, 12) : `revision ${known.revision}`}.`,
      );
    }
    out.json(found);
  },
};
