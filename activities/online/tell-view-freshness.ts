import type { Db } from '../../src/db/base/connect.ts';
import { modelsOfView } from '../../src/db/feature-views/models-of-view.ts';
import type { OnlineKey } from '../../src/db/feature-views/online-build.ts';
import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { viewAges } from '../../src/db/feature-views/view-snapshots.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { closeAlertsAbout, openAlert } from '../../src/db/watching/alerts.ts';
import { membersOf } from '../../src/domain/spec/source-spec.ts';
import type { SourceLag } from '../../src/sources/port.ts';
import { freshnessSentences } from '../ingest/tell-freshness.ts';

/** Models of all revisions: installations are planned for 5,000. */
const usersMax = 10_000;

/**
 * The alert `source-behind` about the source of a view, by the rule of models: it rings for each of at most `modelsMax`
 * models that take features from this revision while nothing new has come for longer than declared, and closes with
 * what comes. Models that take another revision are left to the look at that one. Law: definitions are read only while
 * nothing new comes, or where such an alert is open.
 */
export async function tellViewFreshness(
  db: Db,
  key: OnlineKey,
  { stale, modelsMax }: { readonly stale: SourceLag['stale']; readonly modelsMax: number },
): Promise<void> {
  const { view, digest } = key;
  const subject = { of: 'view', view } as const;
  const { source } = (await readViewByDigest(db, view, digest)).spec;
  const names = membersOf(source).flatMap(([name]) => name ?? []);
  const { unchangedMs, members } = await viewAges(db, key, names);
  const sentences = freshnessSentences(source, { stale, unchangedMs, ageOf: (name) => members.get(name) ?? null });
  const users = async (isOfThis: boolean): Promise<readonly string[]> =>
    (await modelsOfView(db, view, usersMax)).flatMap((one) =>
      (one.digest === digest) === isOfThis ? [one.model] : [],
    );
  if (sentences.length === 0) {
    await closeAlertsAbout(db, 'source-behind', subject, { notOf: async () => users(false) });
    return;
  }
  for (const model of (await users(true)).slice(0, modelsMax)) {
    // oxlint-disable-next-line no-await-in-loop -- a few models, and seldom
    const { spec } = await readCurrentSpec(db, model);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await openAlert(db, {
      model,
      kind: 'source-behind',
      subject,
      severity: 'warning',
      title: `${model}: nothing new comes to view ${view}`,
      body: `${sentences.join(' ')} Answers go on with what the view holds, which grows older.`,
      webhooks: spec.watch.webhooks,
    });
  }
}
