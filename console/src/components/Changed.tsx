import type { ReactNode } from 'react';
import type { Change } from '../app/reread';
import { t } from '../strings';
import { Checkbox } from './Fields';
import { Notice } from './States';

/** Says that something is not as it was confirmed, and asks for more than the same press again. */
export function Changed({
  change: { differs, isAccepted, accept },
  children,
}: {
  change: Change;
  children: ReactNode;
}) {
  if (!differs) return null;
  return (
    <>
      <Notice kind="danger">{children}</Notice>
      <Checkbox isSelected={isAccepted} onChange={accept}>
        {t.common.seenChange}
      </Checkbox>
    </>
  );
}
