import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  PutBucketCorsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  type Event,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';

const Cors = z.object({
  CorsRules: z.array(
    z.object({
      AllowedHeaders: z.array(z.string()).optional(),
      AllowedMethods: z.array(z.string()),
      AllowedOrigins: z.array(z.string()),
      ExposedHeaders: z.array(z.string()).optional(),
      MaxAge: z.number().optional(),
    }),
  ),
});
const Notifications = z.strictObject({
  QueueConfigurations: z.array(
    z.object({
      Event: z.string(),
      Queue: z.string(),
      Filter: z
        .object({
          S3Key: z.object({ Rules: z.array(z.object({ Name: z.enum(['prefix', 'suffix']), Value: z.string() })) }),
        })
        .optional(),
    }),
  ),
});

export async function ensureBucket(s3: S3Client, name: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: name }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

/** Sets what the declared properties of a bucket, already resolved, say of CORS and notifications. */
export async function configureBucket(
  s3: S3Client,
  Bucket: string,
  properties: Record<string, unknown>,
): Promise<void> {
  const { CorsConfiguration: cors, NotificationConfiguration: notifications } = properties;
  if (cors) {
    const CORSRules = Cors.parse(cors).CorsRules.map(({ ExposedHeaders, MaxAge, ...rule }) => ({
      ...rule,
      ExposeHeaders: ExposedHeaders,
      MaxAgeSeconds: MaxAge,
    }));
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
  }
  if (notifications) {
    const QueueConfigurations = Notifications.parse(notifications).QueueConfigurations.map((rule, at) => ({
      Id: `rule-${at}`,
      QueueArn: rule.Queue,
      Events: [rule.Event as Event],
      ...(rule.Filter && { Filter: { Key: { FilterRules: rule.Filter.S3Key.Rules } } }),
    }));
    const NotificationConfiguration = { QueueConfigurations };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  }
}

const Policy = z.object({
  Bucket: z.unknown(),
  PolicyDocument: z.object({ Statement: z.array(z.object({ Principal: z.unknown() })) }),
});

/** The bucket whose declared policy lets CloudFront read it; undefined for other policies. */
export function bucketBehindCdn(properties: Record<string, unknown>): unknown {
  const { Bucket, PolicyDocument } = Policy.parse(properties);
  const cdn = z.object({ Service: z.literal('cloudfront.amazonaws.com') });
  return PolicyDocument.Statement.some(({ Principal }) => cdn.safeParse(Principal).success) ? Bucket : undefined;
}

/** Locally there is no CDN before the bucket: it serves everybody itself. */
export async function makeReadable(s3: S3Client, Bucket: string): Promise<void> {
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${Bucket}/*` }];
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }));
}
