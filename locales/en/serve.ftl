# The answer to a call under a name that is not ours
serve-misdirected = There is no answer at this address. Open Mamori under its proper name.
