import { GetObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { s3Client } from './objects.ts';

export type PostTicket = { url: string; fields: Record<string, string> };

/** Short-lived permissions that a browser can use without credentials of its own. */
export type Presigner = {
  /** A URL that downloads the object under the given file name. */
  download(key: string, file: { name: string; seconds: number }): Promise<string>;
  /** A form that uploads one object of 1 to `maxBytes` bytes. */
  uploadForm(key: string, limits: { maxBytes: number; seconds: number }): Promise<PostTicket>;
};

/** Permissions on a bucket of S3, signed with the function's own role. */
export function openPresigner(bucket: string, client = s3Client()): Presigner {
  return {
    download: (key, { name, seconds }) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          ResponseContentType: 'text/csv; charset=utf-8',
          ResponseContentDisposition: `attachment; filename*=UTF-8''${extended(name)}`,
        }),
        { expiresIn: seconds },
      ),

    uploadForm: (key, { maxBytes, seconds }) =>
      createPresignedPost(client, {
        Bucket: bucket,
        Key: key,
        Conditions: [['content-length-range', 1, maxBytes]],
        Expires: seconds,
      }),
  };
}

/** A value as RFC 8187 writes it in a header; half a character, which has no UTF-8, becomes U+FFFD. */
const extended = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
