/**
 * Looks at many, `parallel` at a time. Results come as they are ready; the answer is in the order of
 * the targets.
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  parallel: number,
  work: (item: Item) => Promise<Result>,
  done: (result: Result, at: number) => void = () => undefined,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      const result = await work(items[at]!);
      results[at] = result;
      done(result, at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, lane));
  return results;
}
