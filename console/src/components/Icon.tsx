/** Line icons of one size and weight, drawn for this console. They are decoration: a name stands beside each. */
const PATHS = {
  key: 'M10.5 9.5 17 3m-2.5 2.5 2 2M13 7l1.5 1.5M11.5 12.5a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z',
  user: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6.5 7c.6-3 3.2-4.5 6.5-4.5s5.9 1.5 6.5 4.5',
  users:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c.4-2.7 2.6-4.2 5.5-4.2s5.1 1.5 5.5 4.2M13 3.7a3 3 0 0 1 0 5.6m2 3.3c1.7.6 2.7 2 3 3.9',
  lock: 'M5.5 9h9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1ZM7 9V6.5a3 3 0 0 1 6 0V9',
  devices: 'M3 4.5h11v8H3v-8ZM6 16h5m-2.5-3.5V16M14.5 8.5H18V16h-4',
  robot: 'M5 7.5h10v8H5v-8ZM10 4v3.5M7.8 11v1m4.4-1v1M2.8 10.5v2.5m14.4-2.5v2.5M10 3.9v.1',
  spaces: 'M3.5 3.5h5.5V9H3.5V3.5Zm7.5 0h5.5V9H11V3.5Zm-7.5 7.5h5.5v5.5H3.5V11Zm7.5 0h5.5v5.5H11V11Z',
  shield: 'M10 2.8 4 5v4.5c0 3.7 2.5 6.3 6 7.7 3.5-1.4 6-4 6-7.7V5l-6-2.2Zm-2.5 7 1.9 1.9 3.3-3.5',
  chart: 'M3 17h14M5.5 14V9.5M10 14V4m4.5 10V7.5',
  list: 'M7 5h10M7 10h10M7 15h10M3.5 5h.1m-.1 5h.1m-.1 5h.1',
  more: 'M5 10h.1M10 10h.1M15 10h.1',
  close: 'm5 5 10 10M15 5 5 15',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  copy: 'M7 7h9v9H7V7ZM4 13V4h9',
  plus: 'M10 4v12M4 10h12',
  warning: 'M10 3.5 2.5 16.5h15L10 3.5Zm0 5v4m0 2v.1',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-8v4m0-6.5v.1',
  chevron: 'm6 8 4 4 4-4',
  mail: 'M3 5h14v10H3V5Zm0 .5 7 5 7-5',
  empty: 'M3 11.5 5.5 4.5h9L17 11.5v4H3v-4Zm0 0h4l1 2h4l1-2h4',
  denied: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5 5l10 10',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 4 4',
  download: 'M10 3v9.5m-4-3.5 4 4 4-4M3.5 16.5h13',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  const round = name === 'more' || name === 'list' || name === 'warning' || name === 'info';
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.4 : 1.5}
      strokeLinecap="round"
      strokeLinejoin={round ? 'round' : 'miter'}
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's mark: a keyhole within a ring. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        fill="currentColor"
        d="M12 1.5a10.5 10.5 0 1 0 6.3 18.9l2 2 1.8-1.8-2-2A10.5 10.5 0 0 0 12 1.5Zm0 3a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15Zm0 3.5a2.4 2.4 0 0 0-1.2 4.5L10.2 16h3.6l-.6-3.5A2.4 2.4 0 0 0 12 8Z"
      />
    </svg>
  );
}
