import { DStreamError } from '@dstream/core/engine'

/** The thread that ran a task is gone: its heap limit was reached, user code called `process.exit`, or something ended it. */
export class WorkerDiedError extends DStreamError<'WORKER_DIED'> {
  readonly partition: number

  constructor(reason: string, stage: string, partition: number) {
    super('WORKER_DIED', `The worker that ran partition ${partition} of ${stage} is gone: ${reason}`, {
      hint: 'Task functions must not end the process; for memory, use more partitions or a larger spark.executor.memory.',
    })
    this.partition = partition
  }
}
