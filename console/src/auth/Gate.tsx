import { type ReactNode, useEffect } from 'react';
import { Mark } from '../components/Icon';
import { t } from '../strings';

/** A screen for somebody who is not signed in. */
export function Gate({
  title,
  lead,
  children,
  foot,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  foot?: ReactNode;
}) {
  useEffect(() => {
    document.title = t.common.pageTitle(title);
  }, [title]);
  return (
    <main className="gate">
      <div className="brand">
        <Mark />
        {t.common.product}
      </div>
      <div className="card gate-card">
        <div className="card-body">
          <div className="stack-small">
            <h1>{title}</h1>
            {lead !== undefined && <p className="soft">{lead}</p>}
          </div>
          {children}
        </div>
      </div>
      {foot !== undefined && <div className="gate-foot">{foot}</div>}
    </main>
  );
}
