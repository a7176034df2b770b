# English, in which every word exists first. What others say is tested against it: the same keys, the same variables.

number = { $count }
ballots = { $count ->
    [one] { $count } ballot
   *[other] { $count } ballots
}

## Around every page
skip = To the content
languages = Languages
footer = Urna. This page shows what the public log says; whoever doubts it has the log.

## Dates
moment = { $day } { $month } { $year }, { $time } { $zone }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## The board
board-title = Elections
board-lead = The public board { $board }: one log for each election, to which everything is added and from which nothing is taken.
board-empty = There is no election here yet.

## Where an election stands
phase-created = Being prepared
phase-announced = Published; the trustees are getting ready
phase-rehearsed = Ready; voting has not begun
phase-voting = Voting is open
phase-closed = Voting is closed; the ballots are being opened
phase-tallied = The result is published
phase-certified = The result is certified
phase-cancelled = Cancelled, without a result
trial = Trial
trial-note = This election decides nothing.
schedule-manual = It is opened and closed by hand.
schedule-times = Voting from { $opens } until { $closes }.
turnout-of = { $cast ->
    [one] of { $entitled } has a ballot on the board
   *[other] of { $entitled } have a ballot on the board
}
turnout-withheld = How many have voted is not public until voting is closed.

## The result
result = Result
not-certified = It is not certified yet.
option = Option
votes = Votes
share = Share
elected = elected
tied = tied
by-district = Votes by district
other-ballots = Ballots: { $blank } blank, { $abstain } abstaining, { $void } breaking the rules of this question, { $invalid } unreadable.
tie = Equal votes for { $seats ->
    [one] the last seat
   *[other] the last { $seats } seats
}: { $options }.
counted-of = { $counted ->
    [one] { $counted } ballot is counted
   *[other] { $counted } ballots are counted
}; { $entitled ->
    [one] { $entitled } person was entitled to vote
   *[other] { $entitled } people were entitled to vote
}
gap-figures = Tokens issued: { $issued }. Voters seen on the board: { $seen }. Tokens given back: { $returned }. Not explained yet: { $gap }; these are people who took a token and did nothing with it.
download-json = Result as JSON
download-csv = Result for a spreadsheet (CSV)

## What is voted on
questions = What is decided
marks = { $max ->
    [one] Choose up to one.
   *[other] Choose from { $min } to { $max }.
}
election-id = Election id
compare-id = Compare it with the notice board and with what your own screen shows: it stands for everything that was fixed when the election was published.
ask-organiser = Who holds this election: { $name }, { $contact }

## Who takes part
trustees = Trustees
trustees-note = Any { $threshold } of { $count } can open the ballots together, and fewer cannot.
issuers = Issuers
issuers-note = They sign one voting token for each entitled person, and do not see whose pseudonym it is.
did-nothing = nothing yet
did-agree = agreed to what is published
did-rehearse = showed that the key is there
did-agree-to-open = agreed on what is opened
did-open = opened
did-post = said who took a token

## Verification
verify = Verify it yourself
verify-note = Anybody can read the whole log, make all checks and count again, on a computer of their own:
log-size = { $count ->
    [one] The log has { $count } entry.
   *[other] The log has { $count } entries.
}
checkpoint-note = Its newest checkpoint, signed by the board, is:
checkpoint = Checkpoint
log-key = Key of the log
manifest = Everything that was fixed (manifest)

## How who voted
how-who-voted = How who voted
votes-lead = Every counted ballot, under its voter’s identifier. Whose identifier it is, only that voter knows.
identifier = Identifier
all-options = All ballots
search = Search
found = { $found ->
    [one] { $found } ballot found
   *[other] { $found } ballots found
}, of { $counted }.
blank = blank
abstain = abstains
invalid = unreadable
pages = Pages
previous = Back
next = On
page-of = Page { $page } of { $pages }
