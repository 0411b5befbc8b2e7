import { describe, expect, it } from 'vitest';
import { exampleView } from './example-view.ts';
import { imageCounts } from './image-counts.ts';

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
