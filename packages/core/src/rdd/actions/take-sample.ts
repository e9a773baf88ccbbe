import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { timesOfEach } from '../builtins/sampling.ts'
import { XorShiftRandom } from '../builtins/xor-shift-random.ts'
import type { Dataset } from '../context.ts'
import { wholeSeed } from '../operators/sample.ts'
import { joined, perPartition } from './per-partition.ts'

/**
 * Exactly `count` records drawn by chance, in an order of chance; all of them where there are fewer and none may come twice. One job counts the
 * partitions, one takes the records whose positions were drawn.
 *
 * @throws DStreamError SAMPLE_SIZE, SAMPLE_SEED
 */
export const takeSample = <T>(
  rdd: Dataset,
  withReplacement: boolean,
  count: number,
  seed: number = rdd.context.nextSeed(),
): Promise<T[]> =>
  rdd.context.act('takeSample', async jobs => {
    checkCount(count)
    const random = new XorShiftRandom(wholeSeed(seed))
    const sizes = await perPartition<number>(jobs, rdd, { kind: 'count' })
    const total = sizes.reduce((a, b) => a + b, 0)
    if (total === 0 || count === 0) return []
    const drawn = [...timesOfEach(total, count, withReplacement, random)].flatMap(([position, times]) =>
      Array.from({ length: times }, () => position),
    )
    const positions = byPartition(shuffled(drawn, random), sizes)
    const wanted = positions.flatMap((some, partition) => (some.length > 0 ? [partition] : []))
    const action = { kind: 'run', f: builtin('pickRecords', [], [positions]), async: false } as const
    const picked = joined(await perPartition<[place: number, record: T][]>(jobs, rdd, action, wanted))
    return picked.sort(([a], [b]) => a - b).map(([, record]) => record)
  })

function checkCount(count: number): void {
  if (Number.isInteger(count) && count >= 0) return
  throw new DStreamError('SAMPLE_SIZE', `Negative number of elements requested: ${count}`, {
    hint: 'Give a whole number, 0 or more.',
  })
}

/** Fisher and Yates. */
function shuffled(items: number[], random: XorShiftRandom): number[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.nextBelow(last + 1)
    ;[items[last], items[other]] = [items[other]!, items[last]!]
  }
  return items
}

/** For each partition the positions within it, ascending, each with its place in the sample. */
function byPartition(drawn: readonly number[], sizes: readonly number[]): [position: number, place: number][][] {
  const ordered = drawn.map((position, place) => [position, place] as const).sort((a, b) => a[0] - b[0])
  let begin = 0
  let next = 0
  return sizes.map(size => {
    const here: [number, number][] = []
    for (; next < ordered.length && ordered[next]![0] < begin + size; next++)
      here.push([ordered[next]![0] - begin, ordered[next]![1]])
    begin += size
    return here
  })
}
