import { InvalidArgumentError, Option, type Command } from 'commander';

/** The options of a request, named as the API names them. */
export type ImageOptions = {
  format?: string;
  quality?: number;
  effort?: string;
  maxWidth?: number;
  maxHeight?: number;
  background?: string;
  webhookUrl?: string;
};

/** The same as commander hands them over, among the other options of a command. */
export type ImageFlags = Omit<ImageOptions, 'webhookUrl'> & { webhook?: string };

/** Adds the flags of a request; ranges are left to the server, which names what it refuses. */
export const addImageFlags = (command: Command): Command =>
  command
    .addOption(new Option('--format <name>', 'output format').choices(['keep', 'jpeg', 'webp', 'avif', 'png']))
    .option('--quality <1-100>', 'quality of lossy formats', wholeNumber)
    .addOption(
      new Option('--effort <level>', 'time spent on making files small').choices(['fast', 'balanced', 'small']),
    )
    .option('--max-width <px>', 'shrink wider images', wholeNumber)
    .option('--max-height <px>', 'shrink taller images', wholeNumber)
    .option('--background <#rrggbb>', 'colour behind transparency where the format has none')
    .option('--webhook <url>', 'where to tell that the request has ended', webAddress);

export const imageOptions = ({ webhook, ...flags }: ImageFlags): ImageOptions => ({
  format: flags.format,
  quality: flags.quality,
  effort: flags.effort,
  maxWidth: flags.maxWidth,
  maxHeight: flags.maxHeight,
  background: flags.background,
  webhookUrl: webhook,
});

/** A whole number above 0, for commander. */
export const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
};

/** An http(s) URL in its ASCII form, as object metadata needs it, for commander. */
export const webAddress = (text: string): string => {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidArgumentError('It must be an http or https URL.');
  return url.href;
};
