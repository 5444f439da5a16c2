import { sql, type SQL } from 'drizzle-orm';

/**
 * The stored prediction of a label, for a lateral join: by its id, in the part of the label or an older one. The limit
 * makes it a look-up for each row of the other side: joined plainly, the planner may read all of a model's traffic to
 * find a few thousand rows of it.
 */
export function predictionOf(model: string, predictionId: SQL, labelPart: SQL): SQL {
  return sql`select * from prediction
    where model = ${model} and prediction_id = ${predictionId} and part <= ${labelPart}
    order by part desc limit 1`;
}

/**
 * Of a prediction: rows of an A/B test stand in no other evidence, neither of a rollout nor of the champion. Which arm
 * answers changes what comes true there, and the control may be a champion of yesterday.
 */
export const notInAbTest = sql.raw(`arm <> 'ab-test'`);
