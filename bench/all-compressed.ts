/** Throws unless a request ended without a failure: figures of a run that failed in part would be too good. */
export function allCompressed({ status, failures }: { status: string; failures: Record<string, number> }): void {
  if (status !== 'COMPLETED') throw new Error(`the request ended as ${status}: ${JSON.stringify(failures)}`);
}
