/** The pairs with a number that `print()` wrote, each key's numbers summed up over all batches. */
export function printedTotals(printed: string): Record<string, number> {
  const totals: Record<string, number> = {}
  for (const [, key = '', count] of printed.matchAll(/^\((.*),(-?\d+)\)$/gm))
    totals[key] = (totals[key] ?? 0) + Number(count)
  return totals
}

/** The same, but for each key the number that was printed last. */
export function lastPrinted(printed: string): Record<string, number> {
  const pairs = printed.matchAll(/^\((.*),(-?\d+)\)$/gm)
  return Object.fromEntries([...pairs].map(([, key = '', count]) => [key, Number(count)]))
}

export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)
