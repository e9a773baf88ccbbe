import { registerBuiltins } from '../../closures/builtins.ts'
import type { Fn } from './function-types.ts'

/** One call for each record, at most so many at a time. */
registerBuiltins({
  mapAsync:
    ([f], [concurrency, ordered]) =>
    (records: Iterable<unknown>) =>
      mapAsync(records, f as Fn, { concurrency: concurrency as number, ordered: ordered === true }),
})

/**
 * What `f` gives for each record, awaited. The next record is taken when a call has ended, so no more than `concurrency` are under way. After the
 * first error no call is begun; those that are under way are awaited, so that nothing of a task goes on behind its back.
 */
async function mapAsync(
  records: Iterable<unknown>,
  f: Fn,
  { concurrency, ordered }: { readonly concurrency: number; readonly ordered: boolean },
): Promise<unknown[]> {
  const iterator = records[Symbol.iterator]()
  const results: unknown[] = []
  let begun = 0
  let failure: { readonly error: unknown } | undefined
  const lane = async (): Promise<void> => {
    try {
      for (;;) {
        if (failure !== undefined) return
        const next = iterator.next()
        if (next.done === true) return
        const at = begun++
        const result = await f(next.value)
        if (ordered) results[at] = result
        else results.push(result)
      }
    } catch (error) {
      failure ??= { error }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  if (failure !== undefined) throw failure.error
  return results
}
