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

## Verifying in the browser
verify-link = Verify in your browser
verify-of = Verify: { $title }
verify-title = Verify this election
verify-lead = Your browser reads the whole public log, makes all seventeen checks, and counts every ballot again. It only reads: nothing about you is sent.
verify-honest = What this can show you, and what not: the program comes from { $board }, the very board that it checks. A board that wanted to deceive you could give you another program. Stronger is the same verification on your own computer, with a program that you have from somewhere else:
verify-no-script = This page verifies with JavaScript, and that is switched off or could not be loaded. The command above does the same, and more.
verify-election = Election id that you know from elsewhere
verify-election-why = 64 digits and letters from the notice board, your invitation or your receipt; spaces do not matter. A board could show you a different election that is sound in itself, and only this id tells the two apart. That is why nothing is filled in here. You may leave it empty, and compare at the end.
verify-election-wrong = This is no election id. It has 64 characters: digits, and letters from a to f.
verify-now = Verify now
verify-stop = Stop
verify-stopped = Stopped. Nothing is known of the election.
stage-start = Loading the program
stage-entries = Reading the log and checking every entry
stage-issuance = Checking who took a token
stage-openings = Opening the counted ballots again
stage-blobs = Checking what is left

## What the verification came to
verdict-verified = Verified
verdict-verified-note = Every check passed, the record is complete, and this is the election whose id you gave. The published result is the count of exactly those ballots that are in the log.
verdict-unanchored = Verified, but for the election id
verdict-unanchored-note = Every check passed, and the record is complete. The published result is the count of exactly those ballots that are in the log.
verdict-so-far = All well so far
verdict-so-far-note = Everything that can be checked so far passed. What says “not yet” can be checked when voting is over and the result is published.
verdict-cancelled = All well; the election was cancelled
verdict-cancelled-note = Everything that can be checked of it passed. It has no result, and nobody opens its ballots.
verdict-erased = All well, as far as it is still there
verdict-erased-note = Everything that can still be checked passed. The rest was erased as the rules allow; the log says when.
verdict-failed = Not verified
verdict-failed-note = A check failed, so this record does not prove its result. Below stands which one, and why. Tell the organiser, and let somebody else verify as well.
verdict-other = Another election
verdict-other-note = This board’s log is not that of the election whose id you gave. Look for a typing mistake first; if there is none, tell the organiser.
verdict-unreadable = Nothing could be verified
verdict-unreadable-note = The log could not be read to its end, so nothing is known of the election. Try again later; if that does not help, tell the organiser.
verdict-compare = Now compare this election id with the one that you know from elsewhere. Without that you only know that some election is in order.
verdict-election = Election id of this log
verdict-size = Entries in the log
count-title = The count, made again
count-lead = First what your browser counted, then what is published.
count-computed = Counted here
count-published = Published
count-same = equal
count-differs = differs
count-unpublished = not yet
count-figures = The whole election
count-blank = blank
count-abstain = abstaining
count-void = breaking the rules of this question
count-invalid = unreadable
count-counted = Ballots counted
count-entitled = People entitled to vote
count-issued = Tokens issued
count-seen = Voters seen on the board
count-returned = Tokens given back
count-gap = Not explained yet

## The seventeen checks
checks = The seventeen checks
checks-lead = If a check fails, those that build on it are not evaluated; all others are.
check-entry = at entry
status-passed = passed
status-failed = failed
status-not-yet = not yet
status-not-applicable = not applicable
status-not-evaluated = not evaluated
status-erased = erased
check-name-1 = Signature and root
check-what-1 = The board has signed the log as it stands, and the signature covers every single entry.
check-name-2 = History
check-what-2 = The log continues what somebody kept of it earlier. Here nothing from earlier is given.
check-name-3 = Entries and phases
check-what-3 = Every entry has its one allowed form, and the phases of the election follow each other in order.
check-name-4 = Election id and rules
check-what-4 = If you gave an election id, it is this election’s. The rules and keys are free of contradictions.
check-name-5 = Election key
check-what-5 = The trustees made the key together, and each showed before voting that its part works.
check-name-6 = Register
check-what-6 = The list of the entitled is complete, lists nobody twice, and changed only as the rules allow.
check-name-7 = Tokens
check-what-7 = Every ballot carries a valid token of every issuer: only entitled people get one.
check-name-8 = Proofs of ballots
check-what-8 = Every ballot was made by whoever holds its pseudonym, and not copied from another one.
check-name-9 = One vote each
check-what-9 = Of every pseudonym the last ballot counts, and only that one.
check-name-10 = Tokens issued
check-what-10 = The issuers account for every token, and there are no more voters than tokens.
check-name-11 = Time of voting
check-what-11 = No ballot was added before voting opened or after it closed.
check-name-12 = Opening
check-what-12 = Enough trustees agreed on the same log, and opened exactly the counted ballots, with proof.
check-name-13 = Opened ballots
check-what-13 = What the trustees opened is combined correctly, and gives the choice of every counted ballot.
check-name-14 = Count
check-what-14 = The ballots, counted again, give the published result in every figure.
check-name-15 = Receipts
check-what-15 = Receipts and promises of voters are kept. This page is given none; your voting page checks your own.
check-name-16 = Attached files
check-what-16 = Every file that the log names is there, and is the very one that it names.
check-name-17 = Signatures
check-what-17 = Authority, issuers and trustees signed each of their entries, in order and at a time when they might.
