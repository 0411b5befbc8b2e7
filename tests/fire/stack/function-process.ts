/** What a process of its own is told: an event, and when the function's time is over, in milliseconds since 1970. */
export type Invocation = { event: unknown; deadline: number };
export type Outcome = { answer?: unknown; error?: string };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const [functionName = ''] = process.argv.slice(2);
const { handler } = (await import(`../../../functions/${functionName}.ts`)) as { handler: Handler };

/** One function in a process of its own, one event at a time, as in Lambda. */
process.on('message', (invocation: Invocation) => {
  void invoke(invocation).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit());
process.send?.({});

async function invoke({ event, deadline }: Invocation): Promise<Outcome> {
  const getRemainingTimeInMillis = () => deadline - Date.now();
  try {
    return { answer: await handler(event, { functionName, awsRequestId: 'fire', getRemainingTimeInMillis }) };
  } catch (error) {
    return { error: String(error) };
  }
}
