/** All elements of one partition to zero or more: `mapPartitions`. */
export const partitionFunctions = {
  part_sum: (elements: Iterable<number>) => {
    let sum = 0
    for (const x of elements) sum += x
    return [sum]
  },
  part_size: (elements: Iterable<unknown>) => [[...elements].length],
  part_first: (elements: Iterable<unknown>) => [...elements].slice(0, 1),
  part_to_seq: (elements: Iterable<unknown>) => [[...elements]],
  part_drop_first: (elements: Iterable<unknown>) => [...elements].slice(1),
  part_nothing: () => [],
}
