/** Columns as wide as their longest cell; numbers are the caller's to format. @param right names of columns that end flush */
export function table(rows: readonly Readonly<Record<string, string>>[], right: readonly string[] = []): string[] {
  const names = Object.keys(rows[0] ?? {});
  const all = [Object.fromEntries(names.map((name) => [name, name])), ...rows];
  const widths = new Map(names.map((name) => [name, Math.max(...all.map((row) => (row[name] ?? '').length))]));
  return all.map((row) =>
    names
      .map((name) => {
        const width = widths.get(name) ?? 0;
        return right.includes(name) ? (row[name] ?? '').padStart(width) : (row[name] ?? '').padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
