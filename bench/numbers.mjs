export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Runs every contender once a round, in turn, and answers the median of each of its numbers, with the rounds beside it. */
export async function interleaved(rounds, contenders) {
  const seen = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of Object.entries(contenders)) seen[name].push(await measure(round))
  return Object.fromEntries(
    Object.entries(seen).map(([name, results]) => [
      name,
      {
        ...Object.fromEntries(Object.keys(results[0]).map((key) => [key, median(results.map((one) => one[key]))])),
        rounds: results,
      },
    ]),
  )
}

/** Ratio of each round's neighbours, then the median: a slow moment of the machine hits both alike. */
export const ratio = (ours, limit, key = 'perSecond') =>
  median(ours.rounds.map((one, round) => one[key] / limit.rounds[round][key]))
