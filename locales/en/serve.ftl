# The answer to a call under a name that is not ours
serve-misdirected = There is no answer at this address. Open Mamori under its proper name.
serve-panicked =
    Something went wrong on our side. Open the page again to see whether your action was saved.
    The reference for your system administrators is { $reference }.
