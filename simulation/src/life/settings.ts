import { SparkConf } from 'dstream'
import type { ProgramPlan } from '../program/plan.ts'

/** The checkpoint directory of every simulated program. */
export const checkpointDirectory = 'sim:///checkpoint'

/** After so many batches in peace, nothing of the trouble before may be left. */
export const longCalm = 70

/** Log files last so many batches. */
const rollingBatches = 4

/** The configuration of every life of a program. */
export function settingsOf(plan: ProgramPlan): SparkConf {
  const rolling = `${rollingBatches * plan.batchMs}ms`
  return new SparkConf(false)
    .setMaster('local[2]')
    .setAppName('simulated')
    .setAll({
      'spark.log.level': process.env['SIMULATION_LOG'] ?? 'OFF',
      'spark.streaming.receiver.writeAheadLog.enable': true,
      'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': rolling,
      'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': rolling,
      'spark.streaming.receiver.writeAheadLog.closeFileAfterWrite': plan.closeFileAfterWrite,
      'spark.streaming.driver.writeAheadLog.closeFileAfterWrite': plan.closeFileAfterWrite,
      'spark.streaming.concurrentJobs': plan.concurrentJobs,
      'spark.streaming.blockInterval': '3600s',
      // Files are moved in up to a batch after they were written.
      'spark.streaming.fileStream.minRememberDuration': `${2 * plan.batchMs}ms`,
      ...(plan.maxUnprocessedBytes !== undefined && {
        'spark.dstream.receiver.maxUnprocessedBytes': plan.maxUnprocessedBytes,
      }),
    })
}
