import { useEffect, useEffectEvent } from 'react';
import { flushSync } from 'react-dom';

const STEP_MS = 1_000;

/**
 * Calls `over` once, when this has been shown for so long: by the clock, since a timer stands still while the machine
 * sleeps or the tab is frozen, and by a timer, since a clock can be set back. It is over as well when the page is left:
 * a browser may keep a page as it is, and show it to whoever goes back.
 */
export function useDeadline(milliseconds: number, over: () => void): void {
  const done = useEffectEvent(over);
  useEffect(() => {
    const until = Date.now() + milliseconds;
    const end = () => {
      stop();
      // What is left to be rendered later may be seen before.
      flushSync(done);
    };
    const look = () => {
      if (Date.now() >= until) end();
    };
    const timer = window.setTimeout(end, milliseconds);
    const clock = window.setInterval(look, STEP_MS);
    const stop = () => {
      window.clearTimeout(timer);
      window.clearInterval(clock);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('pagehide', end);
    };
    document.addEventListener('visibilitychange', look);
    window.addEventListener('pagehide', end);
    return stop;
  }, [milliseconds]);
}
