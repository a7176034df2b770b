# The booth, in English, in which every word exists first. What others say is tested against it: the same keys, the same places.

## Around its pages
booth-title = Your ballot
booth-footer = Your ballot is encrypted on this device before it leaves. Nobody who receives it can tell whose it is.
booth-program = The program on this page
booth-program-note = Everything that votes for you here is one bundle of files with this SHA-256. The election’s definition names it, so anybody can check that all voters got the same.
booth-noscript = Voting needs JavaScript: your ballot is encrypted on this device, and that is a program. Allow scripts for this page and load it again. Nothing is loaded from anywhere else.
booth-no-storage = This browser does not let the page keep anything, and your vote would be lost when it closes. Leave private mode, or use another browser.
booth-runs-until = Until { $closes }
booth-keep = Leave it as it is
booth-back = Back
booth-open = Open

## Without a link
booth-landing = Your personal link is needed
booth-landing-note = It is in the invitation that you got, by e-mail or on paper. Open it there, or paste it here, the whole of it.
booth-paste = Personal link
booth-paste-wrong = This is not a whole personal link. It begins with the address of this page and goes on with a long row of letters behind a # sign.
booth-recover = I have a recovery code
booth-recover-note = It brings back what a lost or emptied device knew: your identifier, and the right to check and to change your vote.
booth-recovery-code = Recovery code (14 groups)
booth-recover-do = Bring it back
booth-whose = Whose ballot is it?
booth-whose-note = Several people have voted in this election on this device. Choose your identifier, or open your own link.

## What the election is
booth-welcome = About this election
booth-who = Who holds it
booth-who-contact = { $organiser }, { $contact }
booth-until = Time
booth-class = You vote as
booth-secret = Secrecy
booth-secret-note = Secret. Your vote is opened only under an identifier that this device makes up and that nobody can tell from anybody else’s. Everybody can see that a vote was cast under it; only you know that it is yours.
booth-changes = Changing your vote
booth-changes-never = Not possible. What you cast is final.
booth-changes-replace = Possible until voting closes: cast again, and the last one counts.
booth-changes-withdraw = Possible until voting closes: cast again, and the last one counts, or take your vote back.
booth-limit = Time for the form
booth-limit-note = { $minutes } minutes from when you open the ballot. Afterwards you open it again with one tap; what you marked stays.
booth-begin = To the ballot
booth-look-again = Look again
booth-compare = Compare the election id
booth-to-board = The election on the public board
booth-not-yet-open = Voting has not begun yet. Come back with the same link when it has.
booth-opens-at = Voting begins on { $opens }. Come back with the same link.
booth-not-accepting = The board takes no votes at this moment. If voting has just ended, it is being closed; otherwise look again in a minute.
booth-is-closed = Voting is closed.
booth-is-cancelled = This election was cancelled. There will be no result.
booth-not-prepared = This election is still being prepared. Come back later with the same link.

## The ballot
booth-preparing = Getting your right to vote
booth-preparing-note = This takes a moment: it is signed without anybody seeing under which identifier you will use it.
booth-ballot = Ballot
booth-ballot-note = Nothing leaves this device before you have seen all of it again.
booth-mistakes = This is not a whole ballot yet:
booth-rule-one = Choose one.
booth-rule-up-to = Choose up to { $max }.
booth-rule-exactly = Choose exactly { $max }.
booth-rule-from-to = Choose at least { $min } and at most { $max }.
booth-search = Search
booth-matches = Shown: { $shown } of { $all }
booth-chosen = Chosen: { $chosen } of at most { $max }
booth-too-many = More than { $max } cannot be chosen. Take one away first.
booth-too-few = Not enough is chosen in: { $contest }
booth-abstain = I abstain
booth-blank = Blank: none of them
booth-to-review = Look it over
booth-time-left = Time for this form: { $seconds } s left. What you marked stays.
booth-time-up = The time for this form is over. What you marked is still here.
booth-restart = Go on with a new form

## Looking it over
booth-review = Is this your vote?
booth-review-note = This is what will be cast:
booth-blank-note = Where nothing is marked, you cast a blank vote.
booth-final = This cannot be undone.
booth-final-note = Once cast, your vote can be neither changed nor removed: not if other choices were marked than you wanted, and not if somebody else has used your link.
booth-replace-note = You can cast again until voting closes, and then the last one counts. You cannot take your vote back without casting another.
booth-withdraw-note = You can cast again until voting closes, and then the last one counts, or take your vote back.
booth-again-note = You have cast a vote already. This one takes its place.
booth-cast = Cast this vote

## On its way
booth-sending = Casting your vote
booth-sending-note = Keep this page open. If it closes or the network goes, open it again: it goes on from where it was, and nothing counts twice.
booth-stage-checking = Checking the election
booth-stage-token = Getting the right to vote, without a name on it
booth-stage-casting = Encrypting, casting, waiting for the receipt
booth-says-opening = Opening…
booth-says-anchoring = Checking the election…
booth-says-asking = Asking for the right to vote…
booth-says-token = The right to vote is there.
booth-says-sending = Casting…
booth-says-waiting-authority = The organiser’s service does not answer. Trying again…
booth-says-waiting-board = The board does not answer yet. Trying again…
booth-says-waiting-issuer = The issuer does not answer. Trying again…

## Done
booth-done = Your vote
booth-stands-ballot = Your vote is recorded. You are done.
booth-stands-withdrawal = Your vote is taken back, and that is recorded.
booth-stands-returned = Your unused right to vote is given back, and that is recorded.
booth-stands-promised = The board has promised to record it by { $deadline }. You can close this page; “Check now” shows it later.
booth-stands-overdue = The board had promised to record it by { $deadline }, and that time is past. Press “Check now”.
booth-stands-unknown = It is not known whether your vote has arrived. It is kept on this device, and can be sent again safely.
booth-stands-unknown-returned = It is not known whether your unused right to vote has been given back. It can be sent again safely.
booth-stands-unknown-earlier = It is not known whether the last thing you sent has arrived. Until it has, what you cast before counts.
booth-stands-not-recorded = Your vote is not recorded.
booth-stands-not-recorded-earlier = The last thing you sent is not recorded. What you cast before counts.
booth-stands-other = What is recorded under your identifier was cast on another device.
booth-stands-nothing = Nothing was cast.
booth-identifier = Your identifier
booth-identifier-note = Under this you find your vote on the public board. Only you know that it is yours: show it to nobody who should not know how you voted.
booth-qr = Your identifier as a QR code
booth-copy = Copy
booth-copied = Copied.
booth-print = Print
booth-receipt = Download the receipt
booth-check = Check now
booth-check-note = Fetches your vote from the board and checks it here, on this device.
booth-own-vote = What I voted
booth-own-vote-note = Kept on this device only. The service does not know it.
booth-recovery = Recovery code
booth-recovery-note = With it you can check and change your vote on another device, if this one is lost. Whoever has it can do the same: write it down where nobody else looks.
booth-recovery-show = Show the code
booth-resend = Send it again
booth-vote-again = Change my vote
booth-withdraw = Take my vote back
booth-withdrawing-note = Then nothing of yours is counted, unless you cast again before voting closes. That you voted and took it back can be seen under your identifier.
booth-withdraw-yes = Take it back
booth-return = Give back the unused right to vote
booth-returning-note = You took the right to vote and have not used it. Giving it back shows everybody that nobody else used it either. It can vote no more.
booth-return-yes = Give it back

## What a check shows
booth-checked-nothing = Checked just now: nothing stands under your identifier, and this device has cast nothing.
booth-checked-as-saved = Checked just now: exactly what you cast on this device is recorded, and it counts.
booth-checked-withdrawn = Checked just now: that you took your vote back is recorded.
booth-checked-another = Checked just now: what is recorded under your identifier was cast on another device. If that was you, it counts. If not, somebody has your recovery code: cast again, and tell the organiser and the commission.
booth-checked-returned = Checked just now: that you gave back your right to vote is recorded.
booth-checked-missing = Checked just now: your vote is not recorded. Send it again; if that does not help, tell the organiser.
booth-checked-promised = Checked just now: it is not recorded yet. The board has promised to do so by { $deadline }.
booth-checked-contradicted = Checked just now: the board does not show your vote, though it gave a receipt for it. That can be proved: download the receipt, leave what this device keeps as it is, and tell the organiser and the commission.
booth-checked-too-late = Checked just now: your vote is not recorded, and voting is closed.
booth-checked-overdue = The board has not kept its promise. That can be proved with the receipt that you download here: tell the organiser and the commission.

## What went wrong
booth-failed = This did not work
booth-safe = Doing the same again is safe: nothing counts twice.
booth-repeat = Try again
booth-other-link = Use another link
booth-why-link = This link cannot be read. It was cut off or changed on its way: open it from the invitation again, or paste the whole of it.
booth-why-link-needed = Nothing of this election is kept on this device. Your personal link is needed.
booth-why-unanswered = A service does not answer, or your device has no network just now.
booth-why-refused = A service refuses this.
booth-why-other-election = Your link is for another election than the one that is held here. Use the newest invitation, and tell the organiser if it happens again. Nothing was cast.
booth-unknown = There is no such election
booth-why-unknown-election = There is no such election here. Check the link with your invitation.
booth-why-used = Your link has been used already, on another device or in another browser, or this browser has deleted what it kept. Go on there, or use the recovery code. If that was not you, tell the organiser and the commission.
booth-why-not-on-register = Your link is not on the list of voters any more. Ask the organiser.
booth-why-replaced = Your link was replaced by a newer one. Use the newest invitation that you have.
booth-why-too-late = It is too late: no right to vote is given out any more.
booth-why-closed = Voting is closed. Nothing can be cast any more.
booth-why-clock = This device’s clock is wrong. Set it, and try again.
booth-why-other-window = Another window of this browser is at your ballot. Close the others, and load this one again.
booth-why-pending = A ballot with other choices may be on its way already, and it is final. Only that one can be sent.
booth-why-displaced = Another device with your recovery code was first. Check what is recorded, and cast again if it is not what you want.
booth-why-final = In this election a vote is final. Yours stands as you cast it.
booth-why-no-withdrawal = In this election a vote cannot be taken back.
booth-why-nothing-to-withdraw = There is no vote to take back.
booth-why-limit = You have cast and taken back as often as this election allows.
booth-why-spent = The right to vote was used, and cannot be given back.
booth-why-returned = The right to vote was given back, and cannot be used any more.
booth-why-not-closed = That is possible after voting has closed.
booth-why-never-issued = No right to vote was given out for your link: there is nothing to give back.
booth-why-not-recorded = The board shows neither what you cast nor anything in its place. Send it again.
booth-why-evidence = A service answered with something that does not hold. What is kept on this device can prove it: keep it, and tell the organiser and the commission.
booth-why-code = The recovery code is not right. Compare each group with what you wrote down.
booth-why-nothing-to-recover = Nothing was cast with this code, so there is nothing that the board could give back. If you still have your personal link, open it first.
booth-why-already-saved = Something of this election is kept on this device already.
booth-why-saved = What this browser keeps of your vote cannot be read any more. Use the recovery code, or ask the organiser.
booth-why-program = The program of this page cannot be loaded. Check the network, and load the page again.
booth-why-other = Something else went wrong.

## My elections
mine-title = My elections
mine-lead = The elections in which this device has voted. The list is kept in this browser only, and goes nowhere.
mine-none = There is none here. Open the personal link of an invitation.
mine-running = Running
mine-past = Over
mine-open = My ballot
mine-forget = Remove from this device
mine-forget-warning = This removes your identifier, your vote and the right to change it from this device. It does not remove your vote from the election. Only a recovery code brings it back.
mine-forget-yes = Remove it
