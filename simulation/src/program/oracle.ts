import type { OutputPlan } from './plan.ts'

/** The lines that each input gave to each batch, by batch time. */
export type RawInputs = readonly ReadonlyMap<number, readonly string[]>[]

interface Line {
  readonly key: string
  readonly value: number
}

const parse = (line: string): Line => {
  const [key, value] = line.split(' ')
  return { key: key!, value: Number(value) }
}

/**
 * What an output must be in each batch that it has one in, computed from the raw input alone and by the plainest means; records in any order.
 */
export function expected(
  output: OutputPlan,
  raw: RawInputs,
  timesMs: readonly number[],
  batchMs: number,
): ReadonlyMap<number, readonly string[]> {
  const zeroMs = timesMs[0]! - batchMs
  const linesOf = (input: number, timeMs: number): readonly string[] => raw[input]!.get(timeMs) ?? []
  const fold = (input: number, step: (timeMs: number, lines: readonly Line[]) => string[]) =>
    new Map(timesMs.map(timeMs => [timeMs, step(timeMs, linesOf(input, timeMs).map(parse))]))
  const windows = (window: number, slide: number) =>
    timesMs
      .filter(timeMs => (timeMs - zeroMs) % (slide * batchMs) === 0)
      .map(timeMs => [timeMs, timesMs.filter(other => other > timeMs - window * batchMs && other <= timeMs)] as const)
  switch (output.kind) {
    case 'updateState': {
      const states = new Map<string, [number, number]>()
      return fold(output.input, (_, lines) => {
        for (const { key, value } of lines) {
          const [count, sum] = states.get(key) ?? [0, 0]
          states.set(key, [count + 1, sum + value])
        }
        return [...states].map(([key, [count, sum]]) => `${key} ${count} ${sum}`)
      })
    }
    case 'mapState':
      return mapped(output, fold, zeroMs, batchMs)
    case 'snapshots': {
      const sums = new Map<string, number>()
      return fold(output.input, (_, lines) => {
        for (const { key, value } of lines) sums.set(key, (sums.get(key) ?? 0) + value)
        return [...sums].map(([key, sum]) => `${key} ${sum}`)
      })
    }
    case 'reducedWindow': {
      const seen = new Set<string>()
      return new Map(
        windows(output.window, output.slide).map(([timeMs, within]) => {
          const lines = within.flatMap(other => linesOf(output.input, other)).map(parse)
          for (const { key } of lines) seen.add(key)
          const sumOf = (key: string) =>
            lines.filter(line => line.key === key).reduce((sum, { value }) => sum + value, 0)
          return [timeMs, [...seen].map(key => `${key} ${sumOf(key)}`)]
        }),
      )
    }
    case 'window':
      return new Map(
        windows(output.window, output.slide).map(([timeMs, within]) => [
          timeMs,
          within.flatMap(other => linesOf(output.input, other)),
        ]),
      )
    case 'union':
      return new Map(timesMs.map(timeMs => [timeMs, output.inputs.flatMap(input => linesOf(input, timeMs))] as const))
    case 'join':
      return new Map(
        timesMs.map(timeMs => {
          const [left, right] = output.inputs.map(input => linesOf(input, timeMs).map(parse))
          const pairs = left!.flatMap(a =>
            right!.filter(b => b.key === a.key).map(b => `${a.key} ${a.value} ${b.value}`),
          )
          return [timeMs, pairs] as const
        }),
      )
  }
}

/** A count for each key; a key that had no data for longer than the timeout is over when the stream is checkpointed. */
function mapped(
  { input, checkpoint, timeout }: OutputPlan & { readonly kind: 'mapState' },
  fold: (
    input: number,
    step: (timeMs: number, lines: readonly Line[]) => string[],
  ) => ReadonlyMap<number, readonly string[]>,
  zeroMs: number,
  batchMs: number,
) {
  const counts = new Map<string, { count: number; atMs: number }>()
  return fold(input, (timeMs, lines) => {
    const out: string[] = []
    for (const { key } of lines) {
      const count = (counts.get(key)?.count ?? 0) + 1
      counts.set(key, { count, atMs: timeMs })
      out.push(`${key} ${count} `)
    }
    if (timeout !== undefined && (timeMs - zeroMs) % (checkpoint * batchMs) === 0) {
      for (const [key, { count, atMs }] of counts) {
        if (atMs >= timeMs - timeout * batchMs) continue
        counts.delete(key)
        out.push(`${key} over ${count}`)
      }
    }
    return out
  })
}
