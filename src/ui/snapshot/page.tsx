import type { SnapshotShown } from '../../commands/pages/snapshot.ts';
import { Layout } from '../frame/layout.tsx';
import type { PageCall } from '../frame/page-call.ts';
import { modelPath, number, percent, rows } from '../words/format.ts';
import { Digest } from '../words/state.tsx';
import { Contract } from './contract.tsx';
import { Names } from './names.tsx';
import { Origin } from './origin.tsx';
import { Profile } from './profile.tsx';
import { Publications } from './publications.tsx';
import { Quarantine } from './quarantine.tsx';
import { Repairs } from './repairs.tsx';

/** One immutable dataset: what was checked, what was set aside, how it looks, what came of it. */
export function SnapshotView({ call, shown }: { readonly call: PageCall; readonly shown: SnapshotShown }) {
  const { page } = shown;
  const { manifest } = page;
  const removed = manifest.repairs?.removedRows ?? 0;
  const all = manifest.rows + manifest.quarantinedRows;
  return (
    <Layout
      call={call}
      title={`Snapshot ${page.digest.slice(0, 12)} of ${page.model}`}
      section="home"
      crumbs={[
        { text: 'Models', href: '/' },
        { text: page.model, href: modelPath(page.model) },
        { text: `snapshot ${page.digest.slice(0, 12)}` },
      ]}
    >
      <h1>
        Snapshot <Digest of={page.digest} /> of {page.model}
      </h1>
      <p>
        {page.kind !== 'history'
          ? `Labelled traffic up to window ${page.throughWindow}`
          : manifest.branched === undefined
            ? 'History from its declared source'
            : `History that begins with rows of ${manifest.branched.model}, by reference`}
        : {rows(manifest.rows)} accepted, {number(manifest.quarantinedRows)} set aside (
        {percent(all === 0 ? 0 : manifest.quarantinedRows / all)} of {number(all)}), {rows(manifest.labelledRows)} with
        a label
        {removed === 0 ? '' : `, and ${rows(removed)} taken out by repairs`}. It never changes; the same bytes under the
        same contract give the same name.
      </p>
      <div class="grid two">
        <Contract page={page} />
        <Origin call={call} page={page} />
      </div>
      <Repairs page={page} />
      <Names page={page} />
      <Publications call={call} shown={shown} />
      <Quarantine shown={shown} />
      <Profile call={call} page={page} />
    </Layout>
  );
}
