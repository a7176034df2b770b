# The desk, in English, in which every word exists first.

## Around its pages
desk-title = Election desk
desk-footer = Everything that is done here is recorded with its time and who did it. Nothing here can see a ballot.
desk-elections = Elections
desk-parts = Parts of this election
desk-at-overview = Overview
desk-at-making = Preparation
desk-at-voters = Voters
desk-at-invitations = Invitations
desk-at-access = Access
desk-at-audit = Record of actions

## Signing in
sign-in-title = Sign in
sign-in-lead = Open the sign-in link that you were given, or paste it here.
sign-in-secret = Sign-in link or API key
sign-in-ready = Your link is here. It works once: from then on this browser is signed in.
sign-in-do = Sign in
sign-in-note = You stay signed in for thirty days in this browser. There is no password: whoever runs this service, or the owner of an election, makes new links.
sign-in-again = I am signed in already: go to the elections
sign-in-no-session = You are not signed in here, or your session has ended. Nothing was changed. Open a sign-in link to go on.
sign-in-no-link = This link cannot be used: it may be older than a week, or used before. Ask for a new one.
sign-in-signed-out = You are signed out.

## The account
account-title = Your account
account-sessions = Where you are signed in
account-since = since { $since }, until { $until }
account-own = This browser
account-other = Another browser
account-sign-out = Sign out
account-everywhere = Sign out everywhere
account-everywhere-note = Do this if a device was lost, or if you do not know one of these. You need a sign-in link to come back.

## The elections
desk-none = You have no election here yet.
desk-new = New election

## Why something is not done
wrong-title = This was not done
wrong-nothing-changed = Nothing was changed.
wrong-details = What the service says (in English)
wrong-back = Back
wrong-role = Your role in this election does not allow this. Ask its owner.
wrong-unknown-election = There is no such election here, or you have no part in it.
wrong-forged = This request did not come from a page of this service, so it was not obeyed. If you did not follow a strange link, open the page again and repeat what you did.
wrong-not-read = What was sent could not be read.
wrong-edited-meanwhile = Somebody else has changed this election since you opened the page. Open it again: what you typed is still in your browser if you go back.
wrong-other-manifest = The election was changed after you read it, so your approval would be of something else. Read it again, then approve.
wrong-approvals-missing = Not everybody who has to approve has approved these exact words. Any change voids the approvals that were given.
wrong-not-confirmed = The short name that you typed is not that of this election.
wrong-slug-in-use = An election with this short name exists already. Choose another one.
wrong-not-a-slug = A short name has 3 to 40 characters: small letters without accents, digits, and hyphens, such as council-2027.
wrong-already-published = This election is published; what was fixed cannot be changed any more.
wrong-phase = This cannot be done now, in the phase in which this election is.
wrong-rehearsal = Voting cannot open: not every trustee has agreed and rehearsed. A key that nobody has tried could make the result impossible.
wrong-draft = The election is not complete yet. The list of what is missing is on the page of its preparation.
wrong-register = The list of voters has mistakes, so nothing of it was taken.
wrong-no-test-mail = First send yourself a test mail with just these words, and read it.
wrong-already-sending = Mails of this election are being sent already.
wrong-already-issued = This person has already taken the right to vote with the invitation, so it cannot be sent again: a second one would be a second vote.
wrong-mail = The mail could not be sent. Letters are always possible.
wrong-unreachable = Another part of the service does not answer just now. What was begun goes on by itself; look again in a moment.
wrong-board-refused = The public board refused it by the rules of the election.
wrong-other = The service could not do this.

## Where an election stands
desk-phase-draft = Draft
desk-phase-planned = Being prepared: who takes part is fixed
desk-phase-publishing = Being published

## What comes next
run-next = What comes next
run-nothing-next = Nothing is awaited from anybody.
who-you = You
who-owner = The owner, { $name }
who-approver = { $name }
who-issuer = The issuer { $name }
who-trustee = The trustee { $name }
who-board = The public board
who-clock = The clock, by itself
step-fix-plan = finish the preparation and fix who takes part
step-issuer-keys = makes its keys (by itself, within a minute)
step-ceremony-package = takes the next step of the key ceremony on the trustee’s page
step-election-key = give the key of the only trustee
step-mend-draft = correct what is missing in the preparation
step-approve = read the election and approve it
step-publish = publish the election
step-board = takes what was sent, or does not answer at the moment
step-agree = agrees to the published election
step-rehearse = rehearses: shows that the key works
step-register = load the list of voters
step-open = open voting
step-close = close voting
step-post-issuance = posts the list of who took the right to vote (by itself)
step-agree-to-open = checks the closed vote and agrees to open it
step-open-ballots = opens the ballots
step-tally = publish the result
step-certify = certify the result
run-to-making = To the preparation
run-to-check = Check, approve and publish
run-to-voters = To the list of voters
run-to-trustees = The trustees’ links

## Voting
run-times = Voting from { $opens } until { $closes }, by itself.
run-by-hand = You open and close voting yourself, on this page.
run-entitled = { $count ->
    [one] { $count } person is on the list of voters
   *[other] { $count } people are on the list of voters
}
run-unsent = { $count ->
    [one] { $count } invitation is not sent yet
   *[other] { $count } invitations are not sent yet
}
run-turnout = Turnout
run-curve = Ballots on the board over time, from { $from } to { $to }
run-curve-note = The number of people with a ballot on the board; never for what. It is looked at every twenty seconds.
run-rehearsed-all = All trustees have agreed and rehearsed: the result can be opened.
run-blocked = Voting cannot open before everybody named above has done their part.
run-open-title = Open voting
run-open-note = From this moment everybody with an invitation can vote. It cannot be taken back.
run-close-title = Close voting
run-close-note = From this moment nobody can vote, and voting cannot be opened again.
run-cancel-title = Cancel this election
run-cancel-note = It ends without a result, for good, and nobody ever opens its ballots. Everybody can read the reason on the public board.
run-reason = Reason
run-confirm = To confirm, type the short name of this election: { $slug }

## The end
run-tally-title = Publish the result
run-tally-note = The service reads the whole public record, checks all of it, counts, and posts the result. With many ballots this takes a minute.
run-certify-title = Certify the result
run-certify-note = When the time for complaints is over: the election ends with this, and its result is final.
run-no-result-yet = No result exists before the ballots are opened after the close, not even here.
run-publicly = What everybody sees
run-board-page = The public board of this election
run-vote-page = Where voters vote
run-preset = Save as a preset file
run-preset-note = Titles, questions, classes and rules of this election, to begin another one from; no voter and no key is in it.
said-opened = Done. Everybody with an invitation can vote now.
said-closed = Done. Nobody can vote any more. When the trustees have opened the ballots, you publish the result here.
said-cancelled = Done. Everybody can read the reason on the public board.
said-tallied = Done. Everybody can read the result on the public board, and count again.
said-certified = Done. The election is over.
said-made = The election is made. Now prepare it: go through the list, in any order, as often as you like.
said-removed = The access is taken away, in every browser.
result-page = The result on a page to print
result-text = Result as text
result-of = Result: { $title }
result-election-id = Election id { $id }
result-signatures = Signatures
result-signature = Name, role, date, signature
result-print-note = Print this page with your browser. Anybody can make the same count from the public board.

## A new election
new-title = New election
new-slug = Short name
new-slug-note = It stands in all addresses and cannot be changed: 3 to 40 small letters without accents, digits and hyphens, such as council-2027.
new-from = Begin from
new-council = An election over several days
new-council-note = Voters may vote again and take their vote back until the end.
new-committee = One final ballot
new-committee-note = What is cast stays: no second vote.
new-meeting = A vote in a meeting
new-meeting-note = You open and close by hand, ballots show at once, and turnout is shown.
new-practice = A practice election
new-practice-note = Everything is filled in. It decides nothing, and says so to everybody.
new-copy = A copy of an earlier election
new-copy-of = Which one
new-copy-note = Titles, questions, classes and rules; not the voters, and no keys.
new-file = A preset file
new-file-note = It was saved from another election, here or elsewhere. Choose the file, or paste what is in it.
new-file-choose = File
new-file-content = Content of the file
new-file-wrong = This is no preset file: { $why }
new-do = Make the election
new-voters = Voters
new-issuer = Issuer beside the authority
new-no-elections = You have none to copy.

## Who else may do something
access-title = Access
access-lead = Who may work on this election besides you. Nobody here can see a ballot.
access-nobody = Nobody else has access.
access-role-owner = owner
access-role-manager = manager: prepares, loads voters, sends invitations, opens and closes
access-role-operator = operator: sees where it stands, and may cancel
access-signed-in = { $count ->
    [one] signed in in one browser
   *[other] signed in in { $count } browsers
}
access-link-waits = a sign-in link waits, until { $until }
access-keys = { $count ->
    [one] has an API key
   *[other] has { $count } API keys
}
access-remove = Take away the access of { $name }
access-add = Give access to somebody
access-name = Name
access-name-wrong = A name has 1 to 100 characters.
access-role = What this person may do
access-do = Make a sign-in link
access-made = The link for { $name }
access-made-note = It is shown here once. Give it to this person alone, by a way that others do not read. It works once, within a week.
access-made-link = Sign-in link
accounts-title = People and keys of this service
accounts-lead = As operator you let people in and out. Elections belong to their owners.
accounts-owner = owner: makes elections
accounts-operator = operator: keeps this service
accounts-kind-key = API key
accounts-kind-link = sign-in link, not used yet
accounts-revoke = Revoke { $id }

## Who did what
audit-title = Record of actions
audit-lead = Everything that was done in this election, newest first. What the service writes is in English.
audit-time = Time
audit-who = Who
audit-key = With which key or session
audit-what = What
audit-download = Download for a spreadsheet (CSV)
wrong-reserved-slug = This short name is needed by the service itself. Choose another one.
