import { abandonSparkContext } from '../../context/spark-context.ts'
import { abandonActive } from '../../streaming/context/active-context.ts'

/**
 * Forgets the SparkContext and the StreamingContext that run in this process, so that others can be made: as if they belonged to another process, which may have
 * died or goes on. They are not stopped.
 */
export function abandonContexts(): void {
  abandonActive()
  abandonSparkContext()
}
