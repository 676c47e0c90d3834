/** Every entry of a list that comes in pages, for lists that are small and have to be known as a whole. */
export async function allPages<Item>(
  read: (cursor: string | undefined) => Promise<{ items: readonly Item[]; next: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return all;
}
