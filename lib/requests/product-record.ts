import * as z from 'zod';
import { sumCounts, type Counts } from './counts.ts';

export const RowError = z.object({
  /** The row's number as a spreadsheet shows it; the header is row 1. */
  row: z.number(),
  column: z.string().nullable(),
  code: z.string(),
  value: z.string(),
  message: z.string(),
});
export type RowError = z.output<typeof RowError>;

/** A row of the CSV as it travels to the function that fetches its images. */
export const Product = z.object({
  /** Its place among the data rows, from 0. */
  index: z.number().int().min(0),
  row: z.number().int(),
  serialNumber: z.string(),
  productName: z.string(),
  imageUrls: z.array(z.string()),
  /** A product with row errors has no images; it ends as FAILED. */
  errors: z.array(RowError),
});
export type Product = z.output<typeof Product>;

const ImageDone = z.object({
  outputUrl: z.string(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  format: z.string(),
  width: z.number(),
  height: z.number(),
  warnings: z.array(z.string()),
});
const ImageFailed = z.object({ code: z.string(), message: z.string(), httpStatus: z.number().nullable() });

/** How an image ended: once and for ever. */
export const ImageOutcome = z.union([ImageDone, ImageFailed]);
export type ImageOutcome = z.output<typeof ImageOutcome>;

export const ProductStatus = z.enum(['COMPLETED', 'PARTIAL', 'FAILED', 'CANCELLED']);
export type ProductStatus = z.output<typeof ProductStatus>;

/** A settled product, as it stands in the table. */
export const ProductRecord = z.object({
  serial_number: z.string(),
  product_name: z.string(),
  input_urls: z.array(z.string()),
  /** The same slots as the inputs; empty where the image failed. */
  output_urls: z.array(z.string()),
  request_id: z.string(),
  status: ProductStatus,
  row: z.number(),
  errors: z.array(RowError),
  images: z.array(ImageOutcome),
});
export type ProductRecord = z.output<typeof ProductRecord>;

export const failed = (outcome: ImageOutcome): outcome is z.output<typeof ImageFailed> => 'code' in outcome;

/** The record of a product all of whose images have ended. */
export function toRecord(requestId: string, product: Product, images: ImageOutcome[]): ProductRecord {
  return {
    serial_number: product.serialNumber,
    product_name: product.productName,
    input_urls: product.imageUrls,
    output_urls: images.map((image) => (failed(image) ? '' : image.outputUrl)),
    request_id: requestId,
    status: statusOf(product, images),
    row: product.row,
    errors: product.errors,
    images,
  };
}

function statusOf(product: Product, images: ImageOutcome[]): ProductStatus {
  if (product.errors.length > 0) return 'FAILED';
  const failures = images.filter(failed);
  if (failures.length === 0) return 'COMPLETED';
  if (failures.length < images.length) return 'PARTIAL';
  return failures.every(({ code }) => code === 'cancelled') ? 'CANCELLED' : 'FAILED';
}

const COUNT_OF_STATUS = {
  COMPLETED: 'productsCompleted',
  PARTIAL: 'productsPartial',
  FAILED: 'productsFailed',
  CANCELLED: 'productsCancelled',
} as const satisfies Record<ProductStatus, string>;

/** What one settled product adds to the counts. Bytes are those of the images that have an output. */
export function countRecord(record: ProductRecord): Counts {
  const own: Counts[] = [{ [COUNT_OF_STATUS[record.status]]: 1 }, ...record.errors.map(({ code }) => countError(code))];
  return sumCounts([...own, countImages(record.images)]);
}

/** The part of it that comes from images. */
export const countImages = (images: readonly ImageOutcome[]): Counts =>
  sumCounts(
    images.map((image) => (failed(image) ? { imagesFailed: 1, ...countError(image.code) } : countOutput(image))),
  );

const countOutput = ({ format, bytesIn, bytesOut }: z.output<typeof ImageDone>): Counts => ({
  ...{ imagesCompressed: 1, bytesIn, bytesOut },
  ...{ [`images_${format}`]: 1, [`bytesIn_${format}`]: bytesIn, [`bytesOut_${format}`]: bytesOut },
});

const countError = (code: string): Counts => ({ [`error_${code}`]: 1 });

/** What went wrong, in one cell: row problems first, then each failed image by its number. */
export function describeErrors(record: ProductRecord): string {
  const rows = record.errors.map(({ code, message }) => `${code}: ${message}`);
  const images = record.images.flatMap((image, at) => (failed(image) ? [describeImage(image, at)] : []));
  return [...rows, ...images].join('; ');
}

function describeImage({ code, message, httpStatus }: z.output<typeof ImageFailed>, at: number): string {
  const status = httpStatus === null ? '' : ` (HTTP ${httpStatus})`;
  return `image ${at + 1}: ${code}${status}: ${message}`;
}
