// The charts of all pages under one name; each lives in a file of its own.
export { Bars, Interval, TrafficBar } from './bars.tsx';
export { HeatMap } from './heat-map.tsx';
export { HistogramLegend, HistogramPair } from './histogram-pair.tsx';
export { LineChart } from './line-chart.tsx';
export { Ring } from './ring.tsx';
export { Sparkline } from './sparkline.tsx';
export { StepBar } from './step-bar.tsx';
