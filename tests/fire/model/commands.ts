import fc from 'fast-check';
import { IMAGE_ERRORS, type ImageErrorCode } from '../../../lib/images/image-error.ts';
import { act, type Action } from './actions.ts';
import type { Model } from './expectations.ts';
import type { Trouble } from './processes.ts';

type Command = fc.AsyncCommand<Model, Model>;

/** A step of a story: its name with its numbers is what a failure prints. */
const command = (name: string, run: (model: Model) => Promise<void> | void): Command => ({
  check: () => true,
  run: async (model) => {
    await run(model);
    await model.observe();
  },
  toString: () => name,
});

const CODES = ['timeout', 'not_found', 'connect_error'] as const satisfies ImageErrorCode[];
const RETRIED = ['gave_up', 'cancelled', ...CODES] as const satisfies (keyof typeof IMAGE_ERRORS)[];

const choice = fc.nat({ max: 40 });
const seed = fc.nat({ max: 1_000_000 });
const trouble: fc.Arbitrary<Trouble | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      // Most processes have few calls to make.
      call: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 25 })),
      moment: fc.constantFrom('before' as const, 'after' as const),
      deadly: fc.boolean(),
    }),
  },
);
const going = { seed, trouble };
const deleteIsLost = fc.oneof(
  { weight: 9, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

const upload = fc.record({
  ...going,
  do: fc.constant('upload' as const),
  way: fc.constantFrom('api' as const, 'api' as const, 'presigned' as const, 'drop' as const),
  images: fc.oneof(
    { weight: 9, arbitrary: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }) },
    // More than a hundred pages are two groups.
    { weight: 1, arbitrary: fc.constant(Array.from({ length: 130 }, (_, at) => Number(at % 40 === 7) + 1)) },
  ),
  failing: fc.array(fc.constantFrom(...CODES), { maxLength: 3 }),
});
const deliver = fc.record({ ...going, do: fc.constant('deliver' as const), message: choice, deleteIsLost });
const retry = fc.record({
  ...going,
  do: fc.constant('retry' as const),
  request: choice,
  codes: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...RETRIED), { minLength: 1, maxLength: 3 })),
  repeated: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const called = (what: 'arrive' | 'cancel' | 'redeliver') =>
  fc.record({ ...going, do: fc.constant(what), request: choice });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: deliver },
  { weight: 2, arbitrary: retry },
  { weight: 1, arbitrary: upload },
  { weight: 1, arbitrary: called('cancel') },
  { weight: 1, arbitrary: called('arrive') },
  { weight: 1, arbitrary: called('redeliver') },
);

const acting = (actions: readonly Action[]): Command =>
  command(`atOnce(${JSON.stringify(actions)})`, async (model) => {
    model.system.queues.wait();
    await Promise.all(actions.map((one) => act(one, actions.length === 1, model)));
  });

/** Deliveries without trouble, one after another: stories get on by them. */
const work = (deliveries: number, order: number): Command =>
  command(`work(${deliveries}, ${order})`, async (model) => {
    for (let at = 0; at < deliveries; at++) {
      model.system.queues.wait();
      await act({ do: 'deliver', message: (at * order) % 41, seed: at }, true, model);
    }
  });

const duplicate = (which: number): Command =>
  command(`duplicate(${which})`, ({ system: { queues } }) => {
    const message = queues.living[which % Math.max(queues.living.length, 1)];
    if (message) queues.duplicate(message);
  });

/** A message that kills whoever works on it, until it is a dead letter. */
const doom = (which: number, call: number, moment: Trouble['moment']): Command =>
  command(`doom(${which}, ${call}, ${moment})`, async ({ system }) => {
    const { queues, clock } = system;
    const message = queues.living[which % Math.max(queues.living.length, 1)];
    while (message && queues.living.includes(message)) {
      clock.now = Math.max(clock.now, message.visibleAt);
      await system.deliver(message, { trouble: { call, moment, deadly: true }, seed: which });
    }
  });

/** The operator's: a dead letter goes back to where it came from. */
const redrive = (which: number): Command =>
  command(`redrive(${which})`, ({ system: { queues } }) => {
    const message = queues.dead[which % Math.max(queues.dead.length, 1)];
    if (message) queues.redrive(message);
  });

const pass = (seconds: number): Command =>
  command(`pass(${seconds})`, ({ system }) => {
    system.clock.now += seconds * 1000;
  });

const sweep = (): Command =>
  command('sweep()', async ({ system }) => {
    await system.sweep();
  });

const mend = (which: number): Command =>
  command(`mend(${which})`, ({ system: { outside } }) => {
    const names = [...outside.state.failing.keys()];
    outside.state.failing.delete(names[which % Math.max(names.length, 1)] ?? '');
  });

const receiver = (status: number): Command =>
  command(`receiver(${status})`, ({ system: { outside } }) => {
    outside.state.receiver = status;
  });

const works = fc
  .tuple(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 0, max: 40 }))
  .map(([deliveries, order]) => work(deliveries, order));

/** Any story of some dozen steps. */
export const stories = (maxCommands: number, replayPath?: string) =>
  fc.commands(
    [
      upload.map((one) => acting([one])),
      action.map((one) => acting([one])),
      action.map((one) => acting([one])),
      fc.array(action, { minLength: 2, maxLength: 4 }).map(acting),
      fc.array(action, { minLength: 2, maxLength: 4 }).map(acting),
      works,
      choice.map(duplicate),
      choice.map(redrive),
      fc
        .tuple(choice, fc.integer({ min: 1, max: 6 }), fc.constantFrom('before' as const, 'after' as const))
        .map(([which, call, moment]) => doom(which, call, moment)),
      fc.constantFrom(3, 20, 200, 4_000, 50_000).map(pass),
      fc.constant(null).map(sweep),
      choice.map(mend),
      fc.constantFrom(204, 204, 500, 410).map(receiver),
      retry.map((one) => acting([one])),
      retry.map((one) => acting([one])),
      works,
    ],
    { maxCommands, size: 'max', ...(replayPath !== undefined && { replayPath }) },
  );
