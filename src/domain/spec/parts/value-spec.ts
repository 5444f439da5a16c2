/** Money per decision: `fixed` plus `factor` times the value of a number column of the row (an amount). */
export interface Money {
  readonly fixed: number;
  readonly per?: { readonly column: string; readonly factor: number };
}
export interface ValueSpec {
  readonly currency: string;
  readonly truePositive: Money;
  readonly falsePositive: Money;
  readonly trueNegative: Money;
  readonly falseNegative: Money;
}
