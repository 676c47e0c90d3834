import { type RefObject, useEffect } from 'react';

/**
 * Once what stood over the page is gone, or a part of it, the page's heading takes the focus where nothing has it, because
 * what opened it is gone as well, or was within it; and where `led` says that it led to another page.
 */
export function useHeadingAfter(led?: RefObject<boolean>) {
  useEffect(
    () => () => {
      // React Aria gives the focus back a frame later.
      afterFrames(2, () => {
        if (led?.current === true || document.activeElement === document.body)
          document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
      });
    },
    [led],
  );
}

function afterFrames(frames: number, then: () => void) {
  requestAnimationFrame(() => {
    if (frames > 1) afterFrames(frames - 1, then);
    else then();
  });
}
