/** Does every piece of work, at most `atOnce` at a time; the results are in the order of the pieces. */
export async function inTurns<A, B>(
  pieces: readonly A[],
  atOnce: number,
  work: (piece: A) => Promise<B>,
): Promise<B[]> {
  const results: B[] = []
  const rest = pieces.entries()
  const next = async () => {
    for (const [index, piece] of rest) results[index] = await work(piece)
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  return results
}
