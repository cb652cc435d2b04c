/** Why a delivery did not go, or did not go yet. One closed list; `reopens`: a later copy may bring what was missing. */
export const reasons = {
  no_match_key: { reopens: true, text: 'Nothing in the event tells the platform who the visitor was.' },
  too_old: { reopens: false, text: 'The event is older than the platform takes.' },
  in_future: { reopens: false, text: 'The event lies further in the future than the platform takes.' },
  not_mapped: { reopens: false, text: 'The platform has no such event, and no setting maps it to one.' },
  // Of one copy; another may bring what lets it through.
  filtered: { reopens: true, text: 'A setting keeps this event from this destination.' },
  disabled: { reopens: false, text: 'The destination is switched off, or runs dry.' },
  missing_url: { reopens: true, text: 'A website event needs the address of its page.' },
  missing_value: { reopens: true, text: 'A purchase needs a value.' },
  missing_currency: { reopens: true, text: 'A purchase needs a currency; none is ever invented.' },
  unsupported_currency: { reopens: false, text: 'The platform does not know this currency.' },
  bad_time: { reopens: false, text: 'The time of the event cannot be used.' },
  pixel_unmatched: {
    reopens: false,
    text: 'The page had already sent this event to the platform without an ID; a second one would count twice.',
  },
  consent_denied: { reopens: false, text: 'The visitor did not allow it.' },
  consent_unknown: { reopens: false, text: 'The visitor’s choice was not known in time.' },
  erased: { reopens: false, text: 'The person asked for erasure.' },
  already_sent: { reopens: false, text: 'This event, or this order, was already sent to the platform.' },
  server_copy_missing: { reopens: true, text: 'The setting asks for a back-end copy, and none came in time.' },
  window_passed: { reopens: false, text: 'Past the time in which the platform would still pair it.' },
  destination_removed: { reopens: false, text: 'The destination was taken out of the settings.' },
  rejected_by_platform: { reopens: false, text: 'The platform refused the event.' },
  answer_lost: {
    reopens: false,
    text: 'A request was written and its answer got lost: the platform may have the event.',
  },
  store_damaged: {
    reopens: false,
    text: 'The store was damaged, and whether this was sent can no longer be read: the platform may have it.',
  },
  unreadable_answer: { reopens: false, text: 'The platform answered three times with something that is no answer.' },
  discarded: { reopens: false, text: 'Somebody discarded it by hand.' },
} as const satisfies Record<string, { readonly reopens: boolean; readonly text: string }>

export type Reason = keyof typeof reasons
export const isReason = (text: string): text is Reason => Object.hasOwn(reasons, text)
