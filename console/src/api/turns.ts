/** Does a task for each item, at most `width` of them at a time; the answers stand in the order of the items. */
export async function inTurns<Item, Answer>(
  items: readonly Item[],
  width: number,
  task: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers = new Map<Item, Answer>();
  const left = items.values();
  const worker = async () => {
    for (const item of left) answers.set(item, await task(item));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return items.map((item) => answers.get(item) as Answer);
}
