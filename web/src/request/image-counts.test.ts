import { describe, expect, it } from 'vitest';
import { exampleView } from './example-view.ts';
import { imageCounts, percentOf } from './image-counts.ts';

const images = { total: 10, compressed: 4, failed: 5, pending: 1 };

describe('imageCounts', () => {
  it('counts cancelled images apart from failed ones', () => {
    const view = exampleView({ images, failures: { cancelled: 3, timeout: 2, no_images: 7 } });
    expect(imageCounts(view)).toEqual({ total: 10, compressed: 4, failed: 2, cancelled: 3, ended: 9 });
  });

  it('takes the failures of the run before for open while another one is prepared', () => {
    const view = exampleView({ images, status: 'RECEIVED', generation: 2, failures: { timeout: 5 } });
    expect(imageCounts(view)).toEqual({ total: 10, compressed: 4, failed: 0, cancelled: 0, ended: 4 });
  });
});

describe('percentOf', () => {
  const progress = { percent: 12, imagesPerSecond: 1, secondsLeft: 9 };

  it('goes by all images, as the bar does, also in another try', () => {
    expect(percentOf(exampleView({ images, generation: 2, progress }))).toBe(90);
  });

  it('is less than 100 as long as the request runs', () => {
    expect(percentOf(exampleView({ images: { ...images, compressed: 5, pending: 0 }, progress }))).toBe(99.9);
  });

  it('goes by what the API tells where there are no images', () => {
    expect(percentOf(exampleView({ images: { total: 0, compressed: 0, failed: 0, pending: 0 }, progress }))).toBe(12);
  });
});
