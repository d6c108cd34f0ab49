# Home: what I must do now
nav-home = Home
home-morning = Good morning, { $name }
home-day = Hello, { $name }
home-evening = Good evening, { $name }
home-returned = { $count ->
    [one] One request has been returned to you
   *[other] { $count } requests have been returned to you
}
home-returned-body = Read the reason, correct the request and send it again.
home-todo = What I have to do
home-count = { $count ->
    [one] one, nearest deadline first
   *[other] { $count }, nearest deadline first
}
home-nothing = Nothing is waiting for you.
home-mend = Correct the returned request: { $what }
home-mend-own = Mend the request that you took back: { $what }
home-mend-action = Correct and send again
home-receive = Confirm that you received it: { $what }
home-receive-action = Confirm receipt
home-see-all = See all
home-col-due = Due
home-nothing-to-decide = No request is waiting for a decision.
home-nothing-to-do = No work is waiting to be carried out.
home-board = How the clauses stand
home-board-all = See the clauses
home-clauses = { $count ->
    [one] one clause
   *[other] { $count } clauses
}
home-none-mine = You have no request under way.
home-draft = Draft from { $name }: { $what }
home-draft-by-portal = A draft that the portal prepared: { $what }
home-draft-action = Open
home-proposal = { $name } proposes { $person } as stand-in
home-proposal-from = from { $from }
home-proposal-action = Answer
home-own-step = It is your turn to go on with { $what }
home-own-step-action = Open
home-elsewhere = { $count ->
    [one] Answer about one sign-in from another terminal
   *[other] Answer about { $count } sign-ins from another terminal
}
home-elsewhere-note = If you know nothing of it, choose “It was not me”
home-elsewhere-action = Look
home-pledge = Answer the pledge about user ID and password
home-pledge-action = Answer
home-question = Answer the question of { $name }: { $what }
home-question-action = Answer
