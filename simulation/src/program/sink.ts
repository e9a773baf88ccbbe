/** One write of one partition of a batch. */
export interface SinkWrite {
  readonly process: number
  readonly records: readonly string[]
}

/** What was put out for one batch by one output. */
interface BatchWrites {
  /** How many partitions there are, each time that it was put out as a whole. */
  readonly whole: { readonly process: number; readonly partitions: number }[]
  /** By partition: every write that there ever was. */
  readonly partitions: Map<number, SinkWrite[]>
}

/** An output that keeps what it gets by (batch time, partition), so that a batch counts once; and every write, so that they can be compared. */
export class Sink {
  readonly #outputs = new Map<string, Map<number, BatchWrites>>()

  write(output: string, timeMs: number, partition: number, write: SinkWrite): void {
    const { partitions } = this.#batch(output, timeMs)
    partitions.set(partition, [...(partitions.get(partition) ?? []), write])
  }

  /** All partitions of the batch have been written. */
  finish(output: string, timeMs: number, process: number, partitions: number): void {
    this.#batch(output, timeMs).whole.push({ process, partitions })
  }

  /** The batches of an output, by time. */
  batches(output: string): ReadonlyMap<number, BatchWrites> {
    return this.#outputs.get(output) ?? new Map<number, BatchWrites>()
  }

  /** The batch times that were put out as a whole, ascending. */
  timesOf(output: string): number[] {
    const batches = [...this.batches(output)].filter(([, { whole }]) => whole.length > 0)
    return batches.map(([timeMs]) => timeMs).sort((a, b) => a - b)
  }

  /** What a reader finds: the records of a batch, of each partition once. */
  records(output: string, timeMs: number): string[] {
    const partitions = this.batches(output).get(timeMs)?.partitions ?? new Map<number, SinkWrite[]>()
    return [...partitions.values()].flatMap(writes => writes.at(-1)!.records)
  }

  #batch(output: string, timeMs: number): BatchWrites {
    let batches = this.#outputs.get(output)
    if (batches === undefined) this.#outputs.set(output, (batches = new Map()))
    let batch = batches.get(timeMs)
    if (batch === undefined) batches.set(timeMs, (batch = { whole: [], partitions: new Map() }))
    return batch
  }
}
