/** What ended and can be tried again is found without a look at all that waits. */
export const ended = `
CREATE INDEX deliveries_ended ON deliveries (state, id) WHERE reopen_until IS NOT NULL;
`
