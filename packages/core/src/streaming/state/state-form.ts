import { refusingAsync } from '../../rdd/rdd-handle.ts'
import type { StateForm } from '../dstream/plan/node.ts'
import { stateVersionNumber } from '../errors.ts'

/** What the program says about the form of its states. */
export interface GivenForm {
  readonly version?: number | undefined
  readonly migrate?: ((...args: never[]) => unknown) | undefined
}

/** The form of a stream's states, where one is said. @throws DStreamError STATE_VERSION_NUMBER, and what capturing a function throws */
export function stateForm(operator: string, { version, migrate }: GivenForm): { readonly stateForm?: StateForm } {
  if (version === undefined && migrate === undefined) return {}
  return {
    stateForm: {
      version: checkVersion(operator, version),
      ...(migrate && { migrate: refusingAsync(operator, migrate) }),
    },
  }
}

function checkVersion(operator: string, version: number | undefined): number {
  if (version !== undefined && Number.isSafeInteger(version) && version > 0) return version
  throw stateVersionNumber(operator, version)
}
