import type { Moment } from '../worker/protocol.ts';
import type { Times } from './plan.ts';

/** What is asked of Rowpress while the worker is under fire. */
export type StoryName = 'upload' | 'late seal' | 'drop' | 'presigned' | 'retry' | 'cancel' | 'withdraw' | 'redeliver';

/** The ways in which a request comes: what happens then is the same for all, but only uploads are insured. */
export const ARRIVALS = ['upload', 'drop', 'presigned'] as const;

/** What the outside sees when it kills the worker from there. */
export type Encounter = 'an image is asked for' | 'a webhook arrives';

export type Point = {
  name: string;
  /** `any` is one of the ways in which a request comes. */
  story: StoryName | 'any';
  /** A call to AWS at which the worker kills itself, or what the outside sees when it does so. */
  at: Moment | Encounter;
  /** What it comes by as often as, so that a seed can choose one of the times; once if not said. */
  times?: keyof Times;
  /** Nothing was promised up to here: unless the caller asks again, nothing may come of it. */
  unpromised?: true;
  /** Tried with every seed; the others, mostly the same moment in another story, with fewer. */
  core?: boolean;
  /** No image is answered before the worker has died, so that its pages are still open then. */
  heldUntilDeath?: true;
};

const before = (by: string, does: string, writes?: string): Moment => moment('before', { by, does, writes });
const after = (by: string, does: string, writes?: string): Moment => moment('after', { by, does, writes });
const moment = (
  when: Moment['when'],
  { by, does, writes }: { by: string; does: string; writes: string | undefined },
) => ({
  when,
  by,
  does,
  ...(writes !== undefined && { writes }),
});

/** Every point at which the worker is killed, in the order of a request's way. */
export const POINTS: readonly Point[] = [
  ...upload(),
  ...lateSeal(),
  ...arrivals(),
  ...sending('drop'),
  ...sending('presigned'),
  ...compressing(),
  ...settling('any'),
  ...finishing('any'),
  ...notifying('any'),
  ...retry(),
  ...sending('retry'),
  ...settling('retry'),
  ...finishing('retry'),
  ...notifying('retry'),
  ...cancel(),
  ...settling('cancel'),
  ...withdraw(),
  ...redeliver(),
];

function upload(): Point[] {
  const [by, story] = ['upload-csv', 'upload'] as const;
  const unpromised = true;
  return [
    { name: 'upload: before its claim', story, at: before(by, 'Put IDEMPOTENCY'), unpromised },
    { name: 'upload: claimed', story, at: after(by, 'Put IDEMPOTENCY'), unpromised },
    { name: 'upload: the CSV is stored', story, at: after(by, 'PutObject uploads'), unpromised, core: true },
    { name: 'upload: before the insurance message', story, at: before(by, 'SendMessage ingest'), unpromised },
    { name: 'upload: insured, no request yet', story, at: after(by, 'SendMessage ingest'), unpromised, core: true },
    { name: 'upload: request created', story, at: after(by, 'Put REQUEST'), core: true },
    { name: 'upload: before pages are sent', story, at: before(by, 'SendMessageBatch pages'), times: 'batches' },
    {
      name: 'upload: some pages are sent',
      story,
      at: after(by, 'SendMessageBatch pages'),
      times: 'batches',
      core: true,
    },
    { name: 'upload: before sealing', story, at: before(by, 'Update REQUEST', 'SET sealedGeneration'), core: true },
    {
      name: 'upload: sealed, not answered',
      story,
      at: after(by, 'Update REQUEST', 'SET sealedGeneration'),
      core: true,
    },
  ];
}

/** All pages have settled before the upload seals. */
function lateSeal(): Point[] {
  const [by, story] = ['upload-csv', 'late seal'] as const;
  return [
    { name: 'late seal: sealed', story, at: after(by, 'Update REQUEST', 'SET sealedGeneration'), core: true },
    { name: 'late seal: before the finish message', story, at: before(by, 'SendMessage finish'), core: true },
    { name: 'late seal: after the finish message', story, at: after(by, 'SendMessage finish') },
  ];
}

function arrivals(): Point[] {
  const by = 'ingest-csv';
  return [
    { name: 'drop: before its claim', story: 'drop', at: before(by, 'Put DROP') },
    { name: 'drop: claimed', story: 'drop', at: after(by, 'Put DROP'), core: true },
    { name: 'drop: copied', story: 'drop', at: after(by, 'CopyObject uploads'), core: true },
    { name: 'drop: request created', story: 'drop', at: after(by, 'Put REQUEST'), core: true },
    { name: 'drop: planned', story: 'drop', at: after(by, 'Update REQUEST', 'SET totals'), core: true },
    { name: 'presigned: copied', story: 'presigned', at: after(by, 'CopyObject uploads') },
    { name: 'presigned: arrived', story: 'presigned', at: after(by, 'Update REQUEST', 'SET receivedAt'), core: true },
    { name: 'presigned: planned', story: 'presigned', at: after(by, 'Update REQUEST', 'SET totals') },
  ];
}

function sending(story: 'drop' | 'presigned' | 'retry'): Point[] {
  const by = 'ingest-csv';
  const deleting = before('poller of ingest', 'DeleteMessageBatch ingest');
  return [
    { name: `${story}: before pages are sent`, story, at: before(by, 'SendMessageBatch pages'), times: 'batches' },
    { name: `${story}: some pages are sent`, story, at: after(by, 'SendMessageBatch pages'), times: 'batches' },
    { name: `${story}: before sealing`, story, at: before(by, 'Update REQUEST', 'SET sealedGeneration') },
    { name: `${story}: sealed`, story, at: after(by, 'Update REQUEST', 'SET sealedGeneration') },
    { name: `${story}: done, its message not deleted`, story, at: deleting },
  ];
}

function compressing(): Point[] {
  const story = 'any';
  const by = 'compress-images';
  const hiding = 'ChangeMessageVisibility pages';
  return [
    { name: 'page: received, no work begun', story, at: after('poller of pages', 'ReceiveMessage pages') },
    { name: 'image: asked for', story, at: 'an image is asked for', times: 'images', core: true },
    { name: 'image: before it is stored', story, at: before(by, 'PutObject images'), times: 'stored' },
    { name: 'image: stored', story, at: after(by, 'PutObject images'), times: 'stored', core: true },
    { name: 'draft: before', story, at: before(by, 'Update PAGE', 'SET d'), times: 'drafts' },
    { name: 'draft: after', story, at: after(by, 'Update PAGE', 'SET d'), times: 'drafts', core: true },
    { name: 'page put back: before', story, at: before(by, hiding), times: 'putBack' },
    { name: 'page put back: after', story, at: after(by, hiding), times: 'putBack', core: true },
  ];
}

function settling(story: 'any' | 'retry' | 'cancel'): Point[] {
  const by = 'compress-images';
  const core = story === 'any';
  const [page, group, request] = ['Update PAGE', 'Update GROUP', 'Update REQUEST'];
  const [full, counted] = ['ADD fullPages', 'ADD fullGroups'];
  const deleting = 'DeleteMessageBatch pages';
  return named(prefixOf(story), [
    { name: 'settle page: before', story, at: before(by, page, 'ADD settled'), times: 'pages', core },
    { name: 'settle page: after', story, at: after(by, page, 'ADD settled'), times: 'pages', core },
    { name: 'count page in group: before', story, at: before(by, group, full), times: 'pages', core },
    { name: 'count page in group: after', story, at: after(by, group, full), times: 'pages', core },
    { name: 'count group in request: before', story, at: before(by, request, counted), times: 'groups', core },
    { name: 'count group in request: after', story, at: after(by, request, counted), times: 'groups', core },
    { name: 'finish message: before', story, at: before(by, 'SendMessage finish'), core },
    { name: 'finish message: after', story, at: after(by, 'SendMessage finish'), core },
    { name: 'page done: before its delete', story, at: before('poller of pages', deleting), times: 'pages', core },
    { name: 'page done: after its delete', story, at: after('poller of pages', deleting), times: 'pages' },
  ]);
}

function finishing(story: 'any' | 'retry'): Point[] {
  const by = 'finish-request';
  const core = story === 'any';
  const ending = 'SET finishedAt';
  const deleting = 'DeleteMessageBatch finish';
  return named(prefixOf(story), [
    { name: 'finish: begun', story, at: after(by, 'Update REQUEST', 'SET status'), core },
    { name: 'finish: some pages are read', story, at: after(by, 'Query PAGE'), times: 'groups' },
    { name: 'finish: before a result file', story, at: before(by, 'PutObject results'), times: 'results' },
    { name: 'finish: a result file is written', story, at: after(by, 'PutObject results'), times: 'results', core },
    { name: 'end: before', story, at: before(by, 'Update REQUEST', ending), core },
    { name: 'end: after, not announced', story, at: after(by, 'Update REQUEST', ending), core },
    { name: 'announce: after', story, at: after(by, 'SendMessage webhooks'), core },
    { name: 'sweep: before it is promised', story, at: before(by, 'SendMessage finish') },
    { name: 'sweep: promised', story, at: after(by, 'SendMessage finish') },
    { name: 'sweep: images are listed', story, at: after(by, 'ListObjectsV2 images') },
    { name: 'finish done: before its delete', story, at: before('poller of finish', deleting), core },
    { name: 'finish done: after its delete', story, at: after('poller of finish', deleting) },
  ]);
}

function notifying(story: 'any' | 'retry'): Point[] {
  const by = 'notify-webhook';
  const core = story === 'any';
  const ending = 'SET webhookStatus';
  const deleting = 'DeleteMessageBatch webhooks';
  return named(prefixOf(story), [
    { name: 'notify: before the post', story, at: after(by, 'Query WEBHOOK'), times: 'attempts' },
    { name: 'notify: posted, no answer yet', story, at: 'a webhook arrives', times: 'attempts', core },
    { name: 'notify: posted, not recorded', story, at: before(by, 'Put WEBHOOK'), times: 'attempts', core },
    { name: 'notify: recorded, not ended', story, at: after(by, 'Put WEBHOOK'), times: 'attempts', core },
    { name: 'notify: put back', story, at: after(by, 'ChangeMessageVisibility webhooks') },
    { name: 'delivery ended: before', story, at: before(by, 'Update REQUEST', ending) },
    { name: 'delivery ended: after', story, at: after(by, 'Update REQUEST', ending), core },
    { name: 'delivery done: before its delete', story, at: before('poller of webhooks', deleting) },
    { name: 'delivery done: after its delete', story, at: after('poller of webhooks', deleting) },
  ]);
}

function retry(): Point[] {
  const [by, story] = ['retry-request', 'retry'] as const;
  return [
    { name: 'retry: before its message', story, at: before(by, 'SendMessage ingest'), unpromised: true },
    { name: 'retry: its message is sent', story, at: after(by, 'SendMessage ingest'), core: true },
    { name: 're-opened, not answered', story, at: after(by, 'Update REQUEST', 'SET retry'), core: true },
    { name: 'retry: before its plan', story, at: before('ingest-csv', 'Update REQUEST', 'SET retryTotals') },
    { name: 'retry: planned', story, at: after('ingest-csv', 'Update REQUEST', 'SET retryTotals'), core: true },
    { name: 'retry: an image is asked for', story, at: 'an image is asked for', times: 'images' },
    { name: 'retry: an image is stored', story, at: after('compress-images', 'PutObject images'), times: 'stored' },
  ];
}

function cancel(): Point[] {
  const [by, story] = ['cancel-request', 'cancel'] as const;
  const resending = 'SendMessageBatch pages';
  const heldUntilDeath = true;
  return [
    { name: 'cancel: before its message', story, at: before(by, 'SendMessage ingest'), unpromised: true },
    { name: 'cancel: its message is sent', story, at: after(by, 'SendMessage ingest'), unpromised: true },
    { name: 'cancelled, not answered', story, at: after(by, 'Update REQUEST', 'SET cancelledAt'), core: true },
    { name: 'cancel: before open pages are sent again', story, at: before('ingest-csv', resending), heldUntilDeath },
    {
      name: 'cancel: open pages are sent again',
      story,
      at: after('ingest-csv', resending),
      heldUntilDeath,
      core: true,
    },
  ];
}

/** A presigned upload that never came is cancelled. */
function withdraw(): Point[] {
  const [by, story] = ['cancel-request', 'withdraw'] as const;
  return [
    { name: 'withdraw: before its message', story, at: before(by, 'SendMessage ingest'), unpromised: true },
    { name: 'withdraw: its message is sent', story, at: after(by, 'SendMessage ingest'), unpromised: true },
    { name: 'withdrawn, not announced', story, at: after(by, 'Update REQUEST', 'SET cancelledAt'), core: true },
    { name: 'withdrawn, announced', story, at: after(by, 'SendMessage webhooks') },
  ];
}

function redeliver(): Point[] {
  const [by, story] = ['redeliver-webhook', 'redeliver'] as const;
  const notify = 'notify-webhook';
  return [
    { name: 'redeliver: before its message', story, at: before(by, 'SendMessage webhooks'), unpromised: true },
    { name: 'redeliver: its message is sent', story, at: after(by, 'SendMessage webhooks'), core: true },
    { name: 'redeliver: its round has begun', story, at: after(by, 'Update REQUEST', 'SET webhookRound'), core: true },
    { name: 'redeliver: posted, no answer yet', story, at: 'a webhook arrives', times: 'attempts' },
    { name: 'redeliver: posted, not recorded', story, at: before(notify, 'Put WEBHOOK'), times: 'attempts' },
    { name: 'redeliver: recorded, not ended', story, at: after(notify, 'Put WEBHOOK'), times: 'attempts' },
    { name: 'redeliver: ended', story, at: after(notify, 'Update REQUEST', 'SET webhookStatus') },
  ];
}

function prefixOf(story: Point['story']): string {
  return story === 'any' ? '' : `${story}: `;
}

function named(prefix: string, points: Point[]): Point[] {
  return points.map((point) => ({ ...point, name: prefix + point.name }));
}
