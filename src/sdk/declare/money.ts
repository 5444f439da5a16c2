import type { Money } from '../../domain/spec/spec.ts';

/** Money per decision, in the currency of the model; `Column` is the number feature that it grows with. */
export interface MoneyDeclaration<Column extends string = never> extends Money {
  readonly per?: { readonly column: Column; readonly factor: number };
}

/** `money(-5)`: always five lost. `money(0, per('amount', -1))`: the amount of the row is lost. */
export function money(fixed: number): MoneyDeclaration;
export function money<const Column extends string>(
  fixed: number,
  growing: { readonly column: Column; readonly factor: number },
): MoneyDeclaration<Column>;
export function money(
  fixed: number,
  growing?: { readonly column: string; readonly factor: number },
): MoneyDeclaration<string> {
  return growing === undefined ? { fixed } : { fixed, per: growing };
}

/** `factor` times the value of a number feature of the row. */
export function per<const Column extends string>(
  column: Column,
  factor: number,
): { readonly column: Column; readonly factor: number } {
  return { column, factor };
}
