const named = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Members of the standard, by where they stand, that describe and ask nothing of rows. */
export const describing = {
  root: named(
    'version id name tenant tags status servers dataProduct description domain support price team roles ' +
      'authoritativeDefinitions contractCreatedTs',
  ),
  object: named(
    'id physicalName physicalType description businessName authoritativeDefinitions tags dataGranularityDescription',
  ),
  property: named(
    'id businessName tags authoritativeDefinitions classification encryptedName criticalDataElement ' +
      'partitioned partitionKeyPosition transformSourceObjects transformLogic transformDescription examples',
  ),
  check: named('id name description method businessImpact schedule scheduler tags authoritativeDefinitions type'),
  agreement: named('id description driver scheduler schedule valueExt unit element value'),
} as const;
