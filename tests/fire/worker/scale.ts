/** The product's constants as the worker runs it: so small that a few products make several pages, batches and groups. */
export const SCALE = {
  pagesWanted: 4,
  pagesPerGroup: 2,
  messagesPerBatch: 2,
  /** Until a message comes that is only there in case the caller's function dies. */
  insuranceSeconds: 2,
  fetchPauseMs: 20,
} as const;
