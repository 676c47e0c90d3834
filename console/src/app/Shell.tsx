import { useRef, useState } from 'react';
import { Button as AriaButton, Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { Link, NavLink, Outlet, useNavigation } from 'react-router';
import type { Schema } from '../api/client';
import { IconButton } from '../components/Button';
import { Icon, Mark } from '../components/Icon';
import { Menu } from '../components/Menu';
import { useHeadingAfter } from '../components/useHeadingAfter';
import { t } from '../strings';
import { sections } from './screens';
import { signOut } from './sign-out';
import { setTheme, type Theme, useTheme } from './theme';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** What stands around every screen of somebody who is signed in. */
export function Shell({ me }: { me: Schema<'Me'> }) {
  const [open, setOpen] = useState(false);
  const busy = useNavigation().state === 'loading';
  return (
    <div className="shell" aria-busy={busy}>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          // By hand: with a `<base>`, `#main` would be another page.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t.common.skip}
      </a>
      <Sidebar me={me} />
      <header className="topbar">
        <Brand />
        <IconButton icon="menu" label={t.common.menu} onPress={() => setOpen(true)} />
      </header>
      <ModalOverlay className="veil" isDismissable isOpen={open} onOpenChange={setOpen}>
        <Modal className="drawer">
          <Dialog className="dialog" aria-label={t.common.menu}>
            <Drawer me={me} onNavigate={() => setOpen(false)} />
          </Dialog>
        </Modal>
      </ModalOverlay>
      <main className="main" id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

function Drawer({ me, onNavigate }: { me: Schema<'Me'>; onNavigate: () => void }) {
  const led = useRef(false);
  useHeadingAfter(led);
  return (
    <Sidebar
      me={me}
      onNavigate={() => {
        led.current = true;
        onNavigate();
      }}
    />
  );
}

function Brand() {
  return (
    <Link to="/" className="brand">
      <Mark />
      {t.common.product}
    </Link>
  );
}

function Sidebar({ me, onNavigate }: { me: Schema<'Me'>; onNavigate?: () => void }) {
  const admin = me.organization.role === 'admin';
  // Within the dialogue it is no landmark of the page.
  const Frame = onNavigate ? 'div' : 'header';
  return (
    <Frame className="sidebar">
      <Brand />
      <nav className="nav" aria-label={t.common.navigation}>
        {sections
          .filter((section) => (admin || !section.adminsOnly) && section.screens.length > 0)
          .map((section) => (
            <div key={section.path}>
              <div className="nav-title" id={`nav-${section.path}${onNavigate ? '-drawer' : ''}`}>
                {section.label}
              </div>
              <ul className="nav-list" aria-labelledby={`nav-${section.path}${onNavigate ? '-drawer' : ''}`}>
                {section.screens.map(
                  (screen) =>
                    screen.icon && (
                      <li key={screen.path}>
                        <NavLink
                          className="nav-link"
                          to={`/${section.path}/${screen.path}`}
                          onClick={() => onNavigate?.()}
                        >
                          <Icon name={screen.icon} />
                          {screen.label}
                        </NavLink>
                      </li>
                    ),
                )}
              </ul>
            </div>
          ))}
      </nav>
      <Account me={me} />
    </Frame>
  );
}

function Account({ me }: { me: Schema<'Me'> }) {
  const theme = useTheme();
  return (
    <Menu
      above
      label={t.common.account}
      heading={<bdi className="wrap">{me.organization.name}</bdi>}
      trigger={
        <AriaButton className="account">
          <span className="avatar" aria-hidden="true">
            {initial(me.name)}
          </span>
          <span className="account-text">
            <bdi className="account-name" title={me.name}>
              {me.name}
            </bdi>
            <bdi className="account-email" title={me.email}>
              {me.email}
            </bdi>
          </span>
        </AriaButton>
      }
      actions={[
        ...THEMES.map((one) => ({
          id: one,
          label: `${t.common.theme}: ${t.common.themes[one]}`,
          isChosen: one === theme,
          run: () => setTheme(one),
        })),
        { id: 'sign-out', label: t.common.signOut, run: signOut },
      ]}
    />
  );
}

/** The first letter of a name: a grapheme, which an emoji may be as well. */
function initial(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '?';
}
