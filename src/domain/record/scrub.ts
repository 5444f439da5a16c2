/** `damaged`: its bytes are not what its digest says. `missing`: something needs it, and it is not there. */
export const damageStates = ['damaged', 'missing'] as const;
export type DamageState = (typeof damageStates)[number];
