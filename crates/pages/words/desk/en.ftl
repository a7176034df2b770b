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
