import type { SparkContext } from 'dstream'

/** How many tasks each worker ended, by the worker's number. */
export type TaskCounts = Map<number, number>

/** Counts the tasks that the workers of this context end from now on. */
export function countTasks(context: SparkContext, counts: TaskCounts): void {
  context.engine.subscribe(event => {
    if (event.type === 'taskEnded') counts.set(event.worker, (counts.get(event.worker) ?? 0) + 1)
  })
}

export function describeTasks(counts: TaskCounts): string {
  if (counts.size === 0) return 'No worker ran a task.'
  const workers = [...counts].sort(([a], [b]) => a - b).map(([worker, tasks]) => `worker ${worker}: ${tasks}`)
  return `Tasks run: ${workers.join(', ')}`
}
