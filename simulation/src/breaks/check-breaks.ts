import { unplantable } from '@dstream/tools/planting'
import { inProcess } from '../in-processes.ts'
import type { Break } from './breaks.ts'

export interface BreaksWanted {
  readonly first: number
  /** Breaks at a time. */
  readonly atOnce: number
  /** Instead of how many each break says. */
  readonly seeds?: number
}

/** Plants each break, one process for each, until a seed notices it; tells which did, and what. Gives how many were not noticed in time. */
export async function checkBreaks(
  wanted: readonly Break[],
  { first, atOnce, seeds }: BreaksWanted,
  tell: (line: string) => void,
): Promise<number> {
  let failed = 0
  const rest = wanted.values()
  const next = async (): Promise<void> => {
    for (const one of rest) {
      const problem = await problemWith(one, first, seeds ?? one.within, tell)
      if (problem === undefined) continue
      failed++
      tell(`not ok: ${one.name}: ${problem}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
  tell(`${wanted.length - failed} passed, ${failed} failed, 0 skipped`)
  return failed
}

/** Why it is not as it should be; undefined where a seed has noticed. */
async function problemWith(
  { name, invariants, planted }: Break,
  first: number,
  count: number,
  tell: (line: string) => void,
): Promise<string | undefined> {
  const cannot = planted.map(unplantable).find(problem => problem !== undefined)
  if (cannot !== undefined) return cannot
  let tried = 0
  try {
    for await (const { seed, violations } of inProcess({ first, count, planted })) {
      tried++
      const found = violations.find(({ invariant }) => invariants.includes(invariant))
      if (found === undefined) continue
      tell(`ok: ${name}: seed ${seed} of ${count}, invariant ${found.invariant}: ${found.message.slice(0, 160)}`)
      return undefined
    }
  } catch (error) {
    return (error as Error).message
  }
  return `none of ${tried} seeds notices`
}
