import { vi } from 'vitest';

let partBytes: number | undefined;

/** From now on what is written piece by piece goes up in parts of so many bytes, far fewer than S3 takes. */
export function usePartsOf(bytes: number | undefined): void {
  partBytes = bytes;
}

/** Only functions that are imported after it can be told. */
export function mockParts(): void {
  vi.doMock('@aws-sdk/lib-storage', async (original) => {
    const real = await original<typeof import('@aws-sdk/lib-storage')>();
    class Upload extends real.Upload {
      constructor(options: ConstructorParameters<typeof real.Upload>[0]) {
        super(options);
        // It refuses small parts when it is made.
        if (partBytes !== undefined) Object.assign(this, { partSize: partBytes });
      }
    }
    return { ...real, Upload };
  });
}
