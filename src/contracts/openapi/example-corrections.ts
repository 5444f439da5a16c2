const [first, second] = ['3f9a', '81c4'].map((start) => start.repeat(16));
const fitted = {
  evidenceId: 4_712,
  at: '2026-05-02T08:00:00.000000Z',
  window: 41,
  version: 3,
  verdict: 'fitted',
  judged: 'fitted',
  digest: second,
  before: first,
  rows: 2_000,
  gain: { estimate: 0.012, lower: 0.004, rows: 1_600 },
  wouldHaveGained: null,
  by: 'watch',
  text: 'Corrected anew: correcting gains 0.012 (at least 0.004) on the last 1,600 labelled rows outside of its fits.',
};
const undone = {
  ...fitted,
  evidenceId: 4_720,
  at: '2026-05-02T09:30:00.000000Z',
  window: null,
  verdict: 'undone',
  judged: 'undone',
  digest: first,
  before: second,
  rows: null,
  gain: null,
  by: 'ana',
  text: 'fitted on mislabelled cases',
};

function told(kind: string, text: string): object {
  return { commandId: '0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2c', model: 'fraud', kind, text, link: null };
}

/** Answers about what is changed of a model between trainings, by route. */
export const correctionExamples = {
  'POST /v1/models/{name}/best/reset': {
    request: { reason: 'the cheap signals are gone for good' },
    answer: told('reset-best', 'v2 was the best; the best begins anew with the champion of the next window'),
  },
  'GET /v1/models/{name}/corrections': {
    answer: {
      model: 'fraud',
      answering: [{ version: 3, as: 'champion', digest: first, isHeld: true }],
      corrections: [undone, fitted],
      next: null,
    },
  },
  'POST /v1/models/{name}/correction/undo': {
    request: { to: first?.slice(0, 12), reason: 'fitted on mislabelled cases' },
    answer: told(
      'undo-correction',
      'v3 answers with correction 3f9a3f9a3f9a3f9a in place of 81c481c481c481c4, held until ' +
        '`perennial correction resume fraud`; v3 answers',
    ),
  },
  'POST /v1/models/{name}/correction/resume': {
    request: { reason: 'the labels are mended' },
    answer: told('resume-correction', 'the watch corrects the answers of v3 again, from the next window on'),
  },
};
