// Loaded before the worker's own code (`node --import`), in tests alone: the first attempt of every activity does its
// work and then says that it failed, as when an answer is lost on its way. Whatever an activity does must bear that.
import process from 'node:process';

if (process.argv[1]?.includes('main-worker')) {
  const { Worker } = await import('@temporalio/worker');
  const { ApplicationFailure } = await import('@temporalio/activity');
  const create = Worker.create.bind(Worker);
  const afterwards = (context) => ({
    inbound: {
      async execute(input, next) {
        const done = await next(input);
        if (context.info.attempt > 1) return done;
        // At once, whatever the retries of the activity say: how long they wait is not asked here.
        throw ApplicationFailure.create({
          message: 'it happened, and its answer was lost',
          nextRetryDelay: '1 millisecond',
        });
      },
    },
  });
  Worker.create = (options) =>
    create({
      ...options,
      interceptors: { ...options.interceptors, activity: [...(options.interceptors?.activity ?? []), afterwards] },
    });
}
