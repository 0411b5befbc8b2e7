import sharp from 'sharp';

/*
 * Image bytes come from strangers, so only the decoders of the five formats that the web shows may run: no SVG, PDF,
 * TIFF or the like, whose decoders fetch, script or have a long list of holes. The block holds for the whole process.
 */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
});

// One thread per image: images run side by side, which uses the processor better than threads within one.
sharp.concurrency(1);
// No image is seen twice, so a cache only holds memory.
sharp.cache(false);

export { default } from 'sharp';
