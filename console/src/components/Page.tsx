import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import { t } from '../strings';

/**
 * A screen: sets the document's title, and puts the focus on its heading when it is opened by a link, so that a
 * screen reader says where it is now.
 */
export function Page({
  title,
  lead,
  back,
  actions,
  children,
  narrow = false,
}: {
  title: string;
  lead?: ReactNode;
  /** A link to the screen that this one is part of. */
  back?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  narrow?: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t.common.pageTitle(title);
  }, [title]);
  const { key, pathname } = useLocation();
  const opened = key !== 'default';
  useEffect(() => {
    // Not when the document was just loaded, and not where something of the page took the focus itself.
    const active = document.activeElement;
    if (opened && (active === document.body || active?.closest('a[href]')))
      heading.current?.focus({ preventScroll: true });
  }, [opened, pathname]);
  return (
    <div className={narrow ? 'page page-narrow' : 'page'}>
      <header className="page-head">
        <div className="page-title">
          {back !== undefined && <p className="page-back">{back}</p>}
          <h1 ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h1>
          {lead !== undefined && <div className="page-lead">{lead}</div>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page, in a frame. */
export function Card({
  title,
  actions,
  foot,
  children,
  flush = false,
}: {
  title?: string;
  actions?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
  /** Without a margin around the content, as for a table. */
  flush?: boolean;
}) {
  return (
    <section className="card" {...(title !== undefined && { 'aria-label': title })}>
      {title !== undefined && (
        <div className="card-head">
          <h2>{title}</h2>
          {actions !== undefined && <div className="row">{actions}</div>}
        </div>
      )}
      {flush ? children : <div className="card-body">{children}</div>}
      {foot !== undefined && <div className="card-foot">{foot}</div>}
    </section>
  );
}
