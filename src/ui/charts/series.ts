export interface Point {
  readonly x: number;
  /** Null is a gap. */
  readonly y: number | null;
  /** `isHollow`: the figure rests on part of what it should rest on. */
  readonly isHollow?: boolean;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly isDashed?: boolean;
  /** Which of the six colours; by default its place among the series. */
  readonly colour?: number;
}

export interface LineChartProps {
  /** What is shown, with unit and where it comes from: the caption, and what a screen reader hears. */
  readonly label: string;
  readonly series: readonly Series[];
  readonly bands?: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly low: number; readonly high: number }[];
    readonly colour?: number;
  }[];
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  readonly threshold?: { readonly value: number; readonly label: string };
  readonly yUnit?: string;
  readonly xLabel: string;
  /** How an x is said (`window 12`); by default its number. */
  readonly sayX?: (x: number) => string;
  readonly heightPx?: number;
  /** Values that the y axis must hold, `0` for amounts. */
  readonly include?: readonly number[];
  /** Base ten: for evidence that multiplies. Values must be above zero. */
  readonly isLogarithmic?: boolean;
}
