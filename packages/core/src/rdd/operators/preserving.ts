import type { NewNode, RddNode } from '../plan/node.ts'

/** The part of a new node that says: spread as its parent is. Nothing, where the parent's spread is not known. */
export const spreadAs = (parent: RddNode): Pick<NewNode, 'partitioner'> =>
  parent.partitioner === undefined ? {} : { partitioner: parent.partitioner }
