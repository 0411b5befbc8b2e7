import type { ImageSite, Shelf } from './image-site.ts';
import type { Lane } from './lane.ts';
import type { Attempt, Mailbox, WebhookReceiver } from './mailbox.ts';
import type { CasePlan, Codes } from './plan.ts';
import type { Point, StoryName } from './points.ts';

export type Outside = { site: ImageSite; receiver: WebhookReceiver };

/** One request under fire. */
export type Case = {
  point: Point;
  story: StoryName;
  lane: Lane;
  plan: CasePlan;
  shelf: Shelf;
  mailbox: Mailbox;
  webhookUrl: string;
  /** Whether a caller who was left without an answer asks again. */
  repeats: boolean;
  /** Whether all is quiet between the first run and what is asked then. */
  waitsBetween: boolean;
  /** What a retry tries again. */
  codes: Codes;
  /** Images are not answered before this. */
  answerImages: () => void;
  /** As the caller was told; empty until then. */
  requestId: string;
};

/** Nobody was promised anything, and nobody asked again. */
export const cameToNothing = ({ point, repeats }: Case): boolean => point.unpromised === true && !repeats;

export const taken = ({ attempts }: Mailbox): Attempt[] => attempts.filter((attempt) => attempt.taken);
