import { authorise, hasFullScope } from '../../access/principal.ts';
import { hasPermission } from '../../access/roles.ts';
import { freezeOf, type Freeze } from '../../db/routing/freezes.ts';
import { modelDetails, type ModelDetails } from '../../db/pages/home-details.ts';
import { modelGlances, type ModelGlance } from '../../db/pages/home.ts';
import type { StorageAnswer } from '../../contracts/http/answers.ts';
import type { CommandContext } from '../base/context.ts';
import { storage } from '../record/storage.ts';
import { attentionOf, type Attention } from './attention.ts';

export const homeSorts = ['attention', 'name', 'traffic', 'age'] as const;
export type HomeSort = (typeof homeSorts)[number];
export const homeShows = ['all', 'attention', 'frozen'] as const;
export type HomeShow = (typeof homeShows)[number];

export interface HomeInput {
  /** Text that the name, owner, purpose, target or a tag must hold; empty for all. */
  readonly search: string;
  readonly sort: HomeSort;
  readonly show: HomeShow;
  readonly tag: string | null;
  /** 1 is the first. */
  readonly page: number;
}

export interface HomeCard extends ModelGlance {
  readonly attention: Attention;
  readonly details: ModelDetails;
}

export interface HomeView {
  readonly cards: readonly HomeCard[];
  /** Models that the scope covers, that match, and that need attention among those covered. */
  readonly covered: number;
  readonly matching: number;
  readonly needing: number;
  readonly page: number;
  readonly pages: number;
  readonly tags: readonly string[];
  readonly everyModelFrozen: Freeze | null;
  readonly disks: StorageAnswer['disks'];
  /** True when the principal may freeze, thaw or kill all models at once. */
  readonly mayCommandAll: boolean;
}

const perPage = 50;
const tagsMax = 40;
const nothing: ModelDetails = { drift: [], quality: [] };

/**
 * The first page: what the scope covers, found, sorted, and one page of it with its details. Five queries, whatever
 * their number.
 */
export async function home(context: CommandContext, input: HomeInput): Promise<HomeView> {
  const { principal, database } = context;
  authorise(principal, 'read', null);
  const [glances, everyModelFrozen, { disks }] = await Promise.all([
    modelGlances(database.db, principal.scope),
    freezeOf(database.db, '*'),
    storage(context),
  ]);
  const models = glances.map((glance) => ({ ...glance, attention: attentionOf(glance) }));
  const matching = models.filter((model) => isMatch(model, input)).toSorted(orderOf(input.sort));
  const pages = Math.max(1, Math.ceil(matching.length / perPage));
  const page = Math.min(Math.max(1, input.page), pages);
  const shown = matching.slice((page - 1) * perPage, page * perPage);
  const details = await modelDetails(
    database.db,
    shown.map((model) => model.name),
  );
  return {
    cards: shown.map((model) => ({ ...model, details: details.get(model.name) ?? nothing })),
    covered: models.length,
    matching: matching.length,
    needing: models.filter((model) => model.attention.level > 0).length,
    page,
    pages,
    tags: [...new Set(models.flatMap((model) => model.tags))].toSorted().slice(0, tagsMax),
    everyModelFrozen,
    disks,
    mayCommandAll: hasPermission(principal.role, 'operate') && hasFullScope(principal),
  };
}

type Judged = ModelGlance & { readonly attention: Attention };

function isMatch(model: Judged, { search, show, tag }: HomeInput): boolean {
  if (show === 'attention' && model.attention.level === 0) return false;
  if (show === 'frozen' && model.frozen === null) return false;
  if (tag !== null && !model.tags.includes(tag)) return false;
  const asked = search.trim().toLowerCase();
  return (
    asked === '' ||
    [model.name, model.owner, model.useCase, model.target, ...model.tags].some((text) =>
      text.toLowerCase().includes(asked),
    )
  );
}

const orders: Record<HomeSort, (a: Judged, b: Judged) => number> = {
  attention: (a, b) => b.attention.level - a.attention.level,
  name: () => 0,
  traffic: (a, b) => b.predictions - a.predictions,
  age: (a, b) => (a.championSince?.getTime() ?? Infinity) - (b.championSince?.getTime() ?? Infinity),
};

/** Names break ties, so that a page shows the same models when it is read again. */
function orderOf(sort: HomeSort): (a: Judged, b: Judged) => number {
  return (a, b) => orders[sort](a, b) || (a.name < b.name ? -1 : 1);
}
