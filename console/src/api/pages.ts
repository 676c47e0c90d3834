/** Every entry of a list that comes in pages, for lists that are small and have to be known as a whole. */
export async function allPages<Item>(read: Read<Item>): Promise<Item[]> {
  return (await firstPages(read, Infinity)).items;
}

/** Of a list that may be long, what is in its first pages, and whether that is all of it. */
export async function firstPages<Item>(
  read: Read<Item>,
  most: number,
): Promise<{ items: Item[]; complete: boolean }> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < most; pages += 1) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.next === null) return { items, complete: true };
    cursor = page.next;
  }
  return { items, complete: false };
}

type Read<Item> = (cursor: string | undefined) => Promise<{ items: readonly Item[]; next: string | null }>;
