/** The ways in which a real export is dirty; each is something that the contract of `models/fraud.ts` names. */
export const dirtKinds = ['type', 'range', 'enum', 'missing', 'cross-field', 'duplicate'] as const;
export type DirtKind = (typeof dirtKinds)[number];

type Cells = { readonly [column: string]: string };

/** The spoilt form of a row; `duplicate` is the row itself, which is then written twice. */
export function spoil(cells: Cells, kind: DirtKind): Cells {
  switch (kind) {
    case 'type':
      return { ...cells, amount: 'n/a' };
    case 'range':
      return { ...cells, amount: '-19.99' };
    case 'enum':
      return { ...cells, merchantCategory: 'GROCERY' };
    case 'missing':
      return { ...cells, channel: '' };
    case 'cross-field':
      return { ...cells, deviceAgeDays: '4000.5', accountAgeDays: '12.5' };
    case 'duplicate':
      return cells;
  }
}
