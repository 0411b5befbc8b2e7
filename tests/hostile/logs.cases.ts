import type { HostileClass } from './hostile-class.ts';

/** Marks that are planted where a secret or a stranger's words may be; none may stand in a log line. */
export const canaries = {
  imageQuery: 'CANARYimagequery',
  imagePassword: 'CANARYimagepassword',
  originBody: 'CANARYoriginbody',
  originReason: 'CANARYoriginreason',
  originHeader: 'CANARYoriginheader',
  webhookQuery: 'CANARYwebhookquery',
  webhookAnswer: 'CANARYwebhookanswer',
  productName: 'CANARYproductname',
  brokenCell: 'CANARYbrokencell',
  idempotencyKey: 'CANARYidempotencykey',
  authorization: 'CANARYauthorization',
  queueMessage: 'CANARYqueuemessage',
} as const;

const input = 'secrets and strangers’ words planted in URLs, answers, headers, cells, keys and messages';
const signed = 'the webhook secret, and the signatures of presigned URLs';

export const classes: HostileClass[] = [
  { area: 'logs', input, ends: 'never in a log line', bound: '—', cases: Object.keys(canaries).length },
  { area: 'logs', input: signed, ends: 'never in a log line', bound: '—', cases: 3 },
  {
    area: 'logs',
    input: 'what a stranger’s server says',
    ends: 'never in an answer of the API or in a result',
    bound: '—',
    cases: 3,
  },
];
