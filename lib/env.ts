import * as z from 'zod';
import { ImageOptions } from './images/image-options.ts';
import { WebhookUrl } from './webhooks/webhook-url.ts';

const text = z.string().min(1);
const url = z.url().transform((value) => value.replace(/\/+$/, ''));
const whole = (fallback: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(1).max(most).default(fallback);
const list = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
const json = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    context.addIssue('must be JSON');
    return z.NEVER;
  }
});
const numbers = (fallback: string) =>
  list(fallback)
    .transform((parts) => parts.map(Number))
    .pipe(z.array(z.int().min(0)));

/** Every setting of the product. A function picks its own: `readSettings(Settings.pick({ TABLE_NAME: true }))`. */
export const Settings = z.object({
  TABLE_NAME: text,
  DATA_BUCKET: text,
  IMAGES_BUCKET: text,
  INGEST_QUEUE_URL: url,
  PAGES_QUEUE_URL: url,
  FINISH_QUEUE_URL: url,
  WEBHOOKS_QUEUE_URL: url,

  /** Where callers reach the API: the base of every link that is handed out. */
  PUBLIC_API_URL: url,
  /** Where the images bucket is served from. */
  PUBLIC_IMAGE_BASE_URL: url,
  /** Where browsers post large files: the data bucket's own origin. */
  UPLOAD_ORIGIN: url,
  /** The built page, seen from the root of the artefact. */
  PAGE_FOLDER: text.default('web/dist'),

  /** Options for what a caller leaves open, as JSON. */
  DEFAULT_OPTIONS: json.pipe(ImageOptions).default(ImageOptions.parse({})),
  /** Told of dropped files that name no webhook of their own. */
  DEFAULT_WEBHOOK_URL: z.preprocess((value) => (value === '' ? undefined : value), WebhookUrl.optional()),
  /** `whsec_` and the base64 of 24 to 64 bytes, newest first; each signs, so that one can be rotated out. */
  WEBHOOK_SECRETS: list('').pipe(z.array(z.string().regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/)).min(1)),
  /**
   * Pauses between the attempts of a delivery, in seconds. Not more of them than the queue can keep the message for, ten
   * days, when the receiver asks for 12 hours each time; and not so many that its deliveries are used up before (30).
   */
  WEBHOOK_RETRY_SECONDS: numbers('5,300,1800,7200,18000,36000,43000').pipe(z.array(z.int()).max(14)),
  REQUEST_TTL_DAYS: whole(90),

  MAX_IMAGES_PER_PRODUCT: whole(200, 200),
  MAX_URL_LENGTH: whole(2048, 2048),
  MAX_CELL_BYTES: whole(65_536, 65_536),
  MAX_COLUMNS: whole(100),
  MAX_ROWS: whole(1_000_000),
  MAX_FILE_BYTES: whole(524_288_000),

  MAX_IMAGE_BYTES: whole(26_214_400),
  MAX_PIXELS: whole(50_000_000),
  /** For one try at one image, from connecting to the last byte. */
  IMAGE_TIMEOUT_MS: whole(30_000),
  CONNECTIONS_PER_HOST: whole(4),
  /** Image bytes held at once by one function, fetched or being fetched. */
  BYTES_IN_FLIGHT: whole(268_435_456),
  ENCODES_AT_ONCE: whole(2),
  /** Pauses before a page's unfinished images are tried again, in seconds. */
  PAGE_RETRY_SECONDS: numbers('15,60'),

  /** `host` or `host:port` that may be private: for local runs and for suppliers inside the network. */
  OUTBOUND_ALLOWED_HOSTS: list(''),
  OUTBOUND_PORTS: numbers('80,443'),
  USER_AGENT: z.string().default('Rowpress/0.1 (image fetcher)'),
});

/** The limits of a CSV and how long a request is kept, as every function that takes files needs them. */
export const RuleSettings = Settings.pick({
  MAX_IMAGES_PER_PRODUCT: true,
  MAX_URL_LENGTH: true,
  MAX_CELL_BYTES: true,
  MAX_COLUMNS: true,
  MAX_ROWS: true,
  MAX_FILE_BYTES: true,
  REQUEST_TTL_DAYS: true,
}).transform((settings) => ({
  ttlDays: settings.REQUEST_TTL_DAYS,
  limits: {
    maxUrlsPerProduct: settings.MAX_IMAGES_PER_PRODUCT,
    maxUrlLength: settings.MAX_URL_LENGTH,
    maxCellBytes: settings.MAX_CELL_BYTES,
    maxColumns: settings.MAX_COLUMNS,
    maxRows: settings.MAX_ROWS,
    maxFileBytes: settings.MAX_FILE_BYTES,
  },
}));

/** How strangers' servers are called; connecting takes 10 s at most, the first bytes of an answer 20 s. */
export const OutboundSettings = Settings.pick({
  OUTBOUND_ALLOWED_HOSTS: true,
  OUTBOUND_PORTS: true,
  USER_AGENT: true,
  CONNECTIONS_PER_HOST: true,
}).transform((settings) => ({
  allowedHosts: settings.OUTBOUND_ALLOWED_HOSTS,
  ports: settings.OUTBOUND_PORTS,
  userAgent: settings.USER_AGENT,
  connectionsPerHost: settings.CONNECTIONS_PER_HOST,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 20_000,
}));

/** Reads settings at cold start; throws one error that names each setting that is missing or wrong, and no secret. */
export function readSettings<Schema extends z.ZodType>(schema: Schema, env = process.env): z.output<Schema> {
  const read = schema.safeParse(env);
  if (read.success) return read.data;
  const wrong = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`settings: ${wrong.join('; ')}`);
}

/** Emulators are reached by path-style addresses; AWS itself is not. */
export const usesOtherEndpoint = (env = process.env): boolean =>
  (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL ?? '') !== '';
