import type { KeysOfViews } from '../../data/contract/mark-references.ts';
import { withDuck } from '../../data/duck/connect.ts';
import type { Joining } from '../../data/snapshot/joined-rows.ts';
import { parquetOptions } from '../../data/snapshot/write-accepted.ts';
import { columnsOf } from '../../domain/spec/columns/columns-of.ts';
import { pinnedOf, referencesOf } from '../../domain/spec/columns/pins.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { JoinedView } from '../../domain/training/snapshot.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { joinViews } from './join-views.ts';
import { keysOfView } from './keys-of-view.ts';
import type { ViewFile } from './view-rows.ts';

/** A pinned revision of a view with the rows that it had. */
export interface LoadedView extends JoinedView {
  readonly spec: ViewSpec;
  readonly files: readonly ViewFile[];
}

/** How rows of a model meet its views: features that come from them, and rules that ask them. */
export interface RowsWithViews {
  /** Absent where no feature comes from a view. */
  readonly joining?: Joining;
  /** What rules that ask views are asked with. */
  readonly keys: KeysOfViews;
  /** The views that rules ask, for the manifest. */
  readonly asked: readonly JoinedView[];
}

/** The views of a definition, loaded, as an ingest of its rows takes them. */
export function rowsWithViews(
  spec: ModelSpec,
  loaded: readonly LoadedView[],
  { memoryMb }: { readonly memoryMb: number },
): RowsWithViews {
  const pinned = pinnedOf(spec);
  const named = new Set(referencesOf(spec).map(({ view }) => view));
  const askedViews = loaded.filter(({ view }) => named.has(view));
  const found = {
    keys: new Map(askedViews.map((one) => [one.view, keysOfView(one.spec, one.files)])),
    asked: askedViews.map(joinedOf),
  };
  const { eventTime } = spec;
  if (pinned.length === 0 || eventTime === null) return found;
  const views = loaded.flatMap(({ view, spec: declared, files }) => {
    const features = pinned.filter(({ from }) => from.view === view);
    return features.length === 0 ? [] : [{ view: declared, files, features }];
  });
  const order = columnsOf(spec);
  const joining: Joining = {
    joined: loaded.filter(({ view }) => pinned.some(({ from }) => from.view === view)).map(joinedOf),
    join: ({ path, schema, out, workDir }) =>
      withDuck({ threads: 1, memoryMb, tempDir: workDir }, (duck) =>
        joinViews(duck, { path, schema, atColumn: eventTime.column, views, order, out, parquetOptions }),
      ),
  };
  return { ...found, joining };
}

function joinedOf({ view, digest, snapshot }: LoadedView): JoinedView {
  return { view, digest, snapshot };
}
