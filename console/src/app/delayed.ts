import { useEffect, useRef, useState } from 'react';

/**
 * The text of a field that looks for something as it is written: `apply` gets it once nothing was typed for a moment.
 * `applied` is what holds, and the field follows it where something else has changed it, such as a link.
 */
export function useDelayedText(applied: string, apply: (text: string) => void, milliseconds = 300) {
  const [field, setField] = useState({ text: applied, sent: applied, seen: applied });
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  if (applied !== field.seen) {
    const own = applied === field.sent;
    setField({ text: own ? field.text : applied, sent: applied, seen: applied });
  }
  const write = (text: string) => {
    setField((before) => ({ ...before, text }));
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      setField((before) => ({ ...before, sent: text }));
      apply(text);
    }, milliseconds);
  };
  return [field.text, write] as const;
}
