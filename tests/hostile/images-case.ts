import type { CompressedImage } from '../../lib/images/compress-image.ts';
import type { HostileClass } from './hostile-class.ts';
import type { Ending } from './images-outcome.ts';

export type ImageCase = {
  name: string;
  bytes: () => Buffer | Promise<Buffer>;
  options?: object;
  /** What is wrong with how its output looks. */
  look?: (output: CompressedImage) => Promise<string[]>;
};

/** A class and all that is tried of it: each case must end in one of these ways, in this time. */
export type ImageClass = HostileClass & { endings: Ending[]; seconds: number; list: ImageCase[] };

type Described = Pick<ImageClass, 'input' | 'endings' | 'seconds' | 'list'> & { looks?: string };

export function imageClass({ input, endings, seconds, list, looks }: Described): ImageClass {
  const ways = endings.map((ending) => (ending === 'image' ? `an image${looks ? ` ${looks}` : ''}` : ending));
  return {
    area: 'images',
    input,
    ends: ways.join(' or '),
    bound: `${seconds} s each; the suite stays under 1 GB`,
    cases: list.length,
    endings,
    seconds,
    list,
  };
}
