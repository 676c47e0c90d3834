/** A line without axes. Its numbers are in the text that `label` gives, which is its name. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const width = 96;
  const height = 24;
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  const points = values.map((value, at) => [at * step, height - 2 - (value / top) * (height - 4)] as const);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return (
    <svg className="sparkline" width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <polygon className="sparkline-area" points={`0,${height} ${line} ${width},${height}`} />
      <polyline className="sparkline-line" points={line} />
    </svg>
  );
}
