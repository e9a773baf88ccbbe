import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the program has put out for a batch: by output, then by partition, the records. */
export interface BatchOutput {
  readonly partitions: ReadonlyMap<string, ReadonlyMap<number, readonly unknown[]>>
  /** Of the outputs that were put out as a whole: how many partitions there should be. */
  readonly whole: ReadonlyMap<string, number>
}

/** The blocks of the receiver as it wrote them down: `stored` when `store` had resolved. */
export interface BlockRecord {
  readonly first: number
  readonly last: number
  stored: boolean
}

/** What is in a round's directory when it is over. */
export interface RoundRecord {
  readonly batches: ReadonlyMap<number, BatchOutput>
  readonly blocks: ReadonlyMap<string, BlockRecord>
  /** Writes of output files, before any de-duplication. */
  readonly writes: number
  readonly files: number
  /** Processes that were made of a checkpoint alone. */
  readonly alone: number
  readonly workersDied: number
  /** Files that were written again with another content. */
  readonly differences: readonly string[]
}

export function readRound(directory: string): RoundRecord {
  const batches = new Map<number, { partitions: Map<string, Map<number, unknown[]>>; whole: Map<string, number> }>()
  const names = readdirSync(join(directory, 'output'))
  for (const name of names) {
    const [time = '', output = '', part = ''] = name.split('.')
    const lines = readFileSync(join(directory, 'output', name), 'utf8')
      .split('\n')
      .slice(0, -1)
    const batch = batches.get(Number(time)) ?? { partitions: new Map(), whole: new Map() }
    batches.set(Number(time), batch)
    if (part === 'whole') batch.whole.set(output, Number(lines[0]))
    else {
      const parts = batch.partitions.get(output) ?? new Map<number, unknown[]>()
      batch.partitions.set(output, parts.set(Number(part), lines.map(line => JSON.parse(line) as unknown))) // prettier-ignore
    }
  }
  const journal = readFileSync(join(directory, 'journal'), 'utf8').split('\n')
  return {
    batches: new Map([...batches].sort(([a], [b]) => a - b)),
    blocks: blocksIn(journal),
    writes: journal.filter(line => line.startsWith('write ')).length,
    files: names.length,
    alone: journal.filter(line => line === 'alone').length,
    workersDied: readdirSync(join(directory, 'died')).length,
    differences: readdirSync(join(directory, 'differences')),
  }
}

function blocksIn(journal: readonly string[]): Map<string, BlockRecord> {
  const blocks = new Map<string, BlockRecord>()
  for (const line of journal) {
    const [what, name = '', first, last] = line.split(' ')
    if (what === 'storing') blocks.set(name, { first: Number(first), last: Number(last), stored: false })
    if (what === 'stored') blocks.get(name)!.stored = true
  }
  return blocks
}
