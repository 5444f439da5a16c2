// An A/B test under way, for the reference page.

export const declaredAbTest = {
  versions: [7, 8],
  sharePercent: 20,
  metric: 'value',
  better: 'higher',
  bounds: [-50, 100],
  horizon: { kind: 'sequential', unitsMax: 100_000 },
  alpha: 0.05,
  effectMin: 0.5,
  daysMax: 30,
  lookMs: 10_000,
};
const armOfAbTest = {
  arm: 'control',
  version: 3,
  assigned: 1_210,
  failures: 0,
  stopped: null,
  units: 940,
  mean: 1.9,
  difference: null,
  lower: null,
  upper: null,
  varianceCut: null,
  verdict: null,
};
export const abTest = {
  model: 'fraud',
  number: 1,
  status: 'running',
  ending: null,
  text: 'Not decided yet.',
  winner: null,
  progress: 0.03,
  declared: declaredAbTest,
  actor: 'ana',
  why: 'which of them earns most',
  startedAt: '2026-05-02T08:00:00.000Z',
  begunAt: '2026-05-02T08:00:01.000Z',
  deadlineAt: '2026-06-01T08:00:00.000Z',
  endedAt: null,
  looks: 120,
  lookedAt: '2026-05-03T08:00:00.000Z',
  evidenceId: null,
  maturity: 'Rows through 88,000 are mature: 95 % of the labels of every class come within 2,000 rows.',
  arms: [
    armOfAbTest,
    {
      ...armOfAbTest,
      arm: 'v7',
      version: 7,
      mean: 2.6,
      difference: 0.7,
      lower: -0.1,
      upper: 1.5,
      varianceCut: 0.2,
      verdict: 'open',
    },
  ],
};

/** Of the routes of A/B tests; `command` makes the answer to a command. */
export function abTestExamples(command: (kind: string, text: string) => object) {
  return {
    'POST /v1/models/{name}/ab-test/plan': {
      request: { versions: [7, 8], metric: 'value' },
      answer: {
        model: 'fraud',
        control: 3,
        declared: declaredAbTest,
        text: 'About 4,000 units per arm are needed to see a difference of 0.5: 9 days at this traffic.',
      },
    },
    'POST /v1/models/{name}/ab-test/start': {
      request: { versions: [7, 8], metric: 'value', sharePercent: 20, reason: 'which of them earns most' },
      answer: command('start-ab-test', 'A/B test 1 of fraud begins'),
    },
    'POST /v1/models/{name}/ab-test/stop': {
      request: { reason: 'the campaign is over' },
      answer: command('stop-ab-test', 'A/B test 1 of fraud is over; nothing was promoted'),
    },
    'GET /v1/models/{name}/ab-tests': { answer: { abTests: [abTest], next: null } },
    'GET /v1/models/{name}/ab-tests/{number}': { answer: abTest },
  } as const;
}
