import { useState } from 'react';

/**
 * What the open dialogue is about, or `null`. `close` closes the one that was open when it was made, and no other that
 * came in its place.
 */
export function useOpen<What>() {
  const [open, setOpen] = useState<What | null>(null);
  const close = () => setOpen((now) => (now === open ? null : now));
  return [open, setOpen, close] as const;
}
