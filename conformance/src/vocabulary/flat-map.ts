/** One element to zero or more: `flatMap`, `flatMapValues`. */
export const flatMapFunctions = {
  /** Java's `split(" ")`: empty texts at the end are dropped, a text without a space is returned whole. */
  split_space: (text: string) => {
    if (!text.includes(' ')) return [text]
    const parts = text.split(' ')
    while (parts.at(-1) === '') parts.pop()
    return parts
  },
  twice: (x: unknown) => [x, x],
  to_nothing: () => [],
  range_to: (x: number) => Array.from({ length: Math.max(0, x) }, (_, i) => i + 1),
  plus_variants: (x: number) => [x, x + 10],
  code_points: (text: string) => [...text],
  opt_positive: (x: number) => (x > 0 ? [x] : []),
  seq_elements: (elements: readonly unknown[]) => elements,
}
