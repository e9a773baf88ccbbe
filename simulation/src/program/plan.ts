import type { Random } from '@dstream/tools/random'

/** What a program puts out, beside its raw input. Times in batch intervals. */
export type OutputPlan =
  | { readonly kind: 'updateState'; readonly input: number; readonly checkpoint: number }
  | { readonly kind: 'mapState'; readonly input: number; readonly checkpoint: number; readonly timeout?: number }
  | { readonly kind: 'snapshots'; readonly input: number; readonly checkpoint: number }
  | {
      readonly kind: 'reducedWindow'
      readonly input: number
      readonly window: number
      readonly slide: number
      readonly checkpoint: number
    }
  | { readonly kind: 'window'; readonly input: number; readonly window: number; readonly slide: number }
  | { readonly kind: 'union'; readonly inputs: readonly [number, number] }
  | { readonly kind: 'join'; readonly inputs: readonly [number, number] }

/** A program, drawn from a seed. */
export interface ProgramPlan {
  readonly batchMs: number
  readonly parallelism: number
  readonly concurrentJobs: number
  /** How many receivers, each with a source of its own. */
  readonly receivers: number
  /** Whether a directory is watched, too: the last input. */
  readonly files: boolean
  readonly outputs: readonly OutputPlan[]
  /** After the first start the program goes on from the checkpoint alone. */
  readonly withoutFactory: boolean
  /** Every write of a log becomes a file of its own. */
  readonly closeFileAfterWrite: boolean
  /** Receivers wait when more than this is received and not processed, bytes. */
  readonly maxUnprocessedBytes: number | undefined
}

/** The number of inputs: the receivers, then the directory. */
export const inputsOf = ({ receivers, files }: ProgramPlan): number => receivers + (files ? 1 : 0)

export function drawProgram(random: Random): ProgramPlan {
  const receivers = random.weighted([
    [6, 1],
    [2, 2],
    [1, 0],
  ])
  const files = receivers === 0 || random.chance(0.4)
  const inputs = receivers + (files ? 1 : 0)
  return {
    batchMs: random.weighted([
      [8, 1000],
      [6, 5000],
      [3, 20_000],
      [2, 600_000],
    ]),
    parallelism: random.between(1, 2),
    concurrentJobs: random.between(1, 2),
    ...{ receivers, files },
    outputs: Array.from({ length: random.between(1, 2) }, () => drawOutput(random, inputs)),
    withoutFactory: random.chance(0.35),
    closeFileAfterWrite: random.chance(0.15),
    maxUnprocessedBytes: random.chance(0.3) ? 100 : undefined,
  }
}

function drawOutput(random: Random, inputs: number): OutputPlan {
  const input = random.below(inputs)
  const other = random.below(inputs)
  const checkpoint = random.between(1, 3)
  const slide = random.between(1, 2)
  const window = slide * random.between(1, 3)
  return random.weighted<OutputPlan>([
    [4, { kind: 'updateState', input, checkpoint }],
    [3, { kind: 'mapState', input, checkpoint, ...(random.chance(0.5) && { timeout: random.between(1, 3) }) }],
    [2, { kind: 'snapshots', input, checkpoint }],
    [4, { kind: 'reducedWindow', input, window, slide, checkpoint }],
    [2, { kind: 'window', input, window, slide }],
    [1, { kind: 'union', inputs: [input, other] }],
    [1, { kind: 'join', inputs: [input, other] }],
  ])
}
