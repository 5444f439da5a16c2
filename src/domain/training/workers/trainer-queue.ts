/** Memory classes of trainings at workers, in GB (of 2^30 bytes): what is asked for is rounded up to one of them. */
export const memoryClassesGb = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

/** What a training asks of whoever fits it, beside its queue. */
export interface FitNeeds {
  /** One of the words that workers advertise. */
  readonly tag?: string;
  /** Memory of the device that fits it, in GB. */
  readonly memoryGb?: number;
}

/** What a worker of fits advertises, as far as it decides which queues it serves. */
export interface FitPlace {
  readonly queue: string;
  readonly tags: readonly string[];
  /** Memory of its smallest slot, in GB; null where it does not say, and then it serves no class. */
  readonly memoryGb: number | null;
}

/** The class that holds so much memory; null beyond the largest. */
export function memoryClassOf(memoryGb: number): number | null {
  return memoryClassesGb.find((classGb) => memoryGb <= classGb) ?? null;
}

/**
 * The task queue of a fit: `<queue>[-<tag>][-<class>g]`. Temporal matches by the name of a queue alone, so what is
 * needed has to stand in it. Memory beyond the largest class is refused in definitions: nobody serves its queue.
 */
export function trainerQueueOf(queue: string, { tag, memoryGb }: FitNeeds): string {
  const classGb = memoryGb === undefined ? null : (memoryClassOf(memoryGb) ?? memoryGb);
  return `${queue}${tag === undefined ? '' : `-${tag}`}${classGb === null ? '' : `-${classGb}g`}`;
}

/** Every task queue that a worker takes fits from: without a tag and with each of its own, up to its own memory. */
export function trainerQueuesOf({ queue, tags, memoryGb }: FitPlace): readonly string[] {
  const classes = memoryClassesGb.filter((classGb) => memoryGb !== null && classGb <= memoryGb);
  return [undefined, ...new Set(tags)].flatMap((tag) => {
    const named = tag === undefined ? {} : { tag };
    return [
      trainerQueueOf(queue, named),
      ...classes.map((memory) => trainerQueueOf(queue, { ...named, memoryGb: memory })),
    ];
  });
}

/** Whether a worker serves the queue of such a fit. */
export function mayFit(place: FitPlace, fit: FitNeeds & { readonly queue: string }): boolean {
  return place.queue === fit.queue && trainerQueuesOf(place).includes(trainerQueueOf(fit.queue, fit));
}
