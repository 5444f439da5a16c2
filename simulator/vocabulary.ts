/** The closed sets of words in the payments world; the model definition in `models/fraud.ts` declares the same. */
export const merchantCategories = [
  'groceries',
  'restaurants',
  'fuel',
  'fashion',
  'electronics',
  'travel',
  'telecom',
  'utilities',
  'gaming',
  'giftcards',
  'pharmacy',
  'charity',
] as const;

export const countries = ['DE', 'FR', 'NL', 'IT', 'ES', 'PL', 'AT', 'BE', 'GB', 'US', 'RO', 'TR'] as const;

export const channels = ['app', 'web', 'phone', 'terminal'] as const;

/**
 * `new-fraud-pattern`: fraud moves to small amounts from trusted devices in telecom and charity, and there is more of
 * it. `unit-change`: upstream sends `amountToUsual` in percent instead of as a ratio.
 * `volume-shift`: a partner brings twice as many cardholders again, with the same habits: three times the traffic.
 */
export const changeNames = ['new-fraud-pattern', 'unit-change', 'volume-shift'] as const;
