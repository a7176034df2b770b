# The trustee's page, in English, in which every word exists first. What others say is tested against it: the same keys, the same places.

## Around it
trustee-title = Guarding the election’s key
trustee-lead = Ballots are encrypted with a key that nobody holds alone. Several trustees make it together, and open the ballots together after voting has closed.
trustee-footer = Everything is computed on this device. Your part of the key leaves it only in the file that you save, under your passphrase.
trustee-noscript = This page needs JavaScript: your part of the key is made on this device, and that is a program. Allow scripts for this page and load it again. Nothing is loaded from anywhere else.
trustee-unknown = There is no such election
trustee-unknown-note = Check the address, or ask the organiser for the link again.
trustee-way = Your part, step by step
trustee-way-key = Make your key
trustee-way-ceremony = Make the election’s key with the others
trustee-way-agree = Agree to the election
trustee-way-rehearse = Rehearse with the saved file
trustee-way-open = Open the ballots after voting has closed
trustee-you = You are { $name }, trustee of { $slug }.
trustee-again = Look again
trustee-passphrase = Passphrase
trustee-file = Key file

## What is being done
trustee-says-look = Looking…
trustee-says-unlock = Opening your key. This takes some seconds…
trustee-says-enrol = Making your key. This takes some seconds…
trustee-says-restore = Opening the key file. This takes some seconds…
trustee-says-restart = Beginning again…
trustee-says-agree = Agreeing…
trustee-says-rehearse = Opening the saved file, and rehearsing. This takes some seconds…
trustee-says-verify = Reading and checking the whole record…
trustee-says-open = Agreeing to open, and opening…
trustee-says-file = Making the file ready…
trustee-says-forget = Removing the key…
trustee-says-retry = A service does not answer. Trying again…
trustee-stage-entries = Checking every entry
trustee-stage-issuance = Checking the right to vote
trustee-stage-openings = Checking openings
trustee-stage-blobs = Checking attached files
trustee-stage-opening = Opening ballots

## Before there is a key
trustee-no-plan = Not yet
trustee-no-plan-note = The organiser has not fixed yet who the trustees are. Keep this link: come back with it when the organiser says so, or leave this page open, and it goes on by itself.
trustee-who = Who are you?
trustee-who-note = Choose your own name. Whoever takes somebody else’s is found out when the trustees compare.
trustee-enrol = Make your key
trustee-enrol-note = Your key is made on this device and kept in this browser, under a passphrase that you choose now. You need the passphrase again until the ballots are open, perhaps in weeks. Nobody can replace it, and it is sent nowhere.
trustee-passphrase-rule = At least 10 characters. Five words that nobody else would choose are good.
trustee-passphrase-again = The same again
trustee-passphrase-differs = The two passphrases are not the same.
trustee-enrol-do = Make my key
trustee-elsewhere = Your key is somewhere else
trustee-elsewhere-note = Somebody has enrolled in your name already, but this browser does not keep the key. If it was you, go on with the browser or the program in which you began, or open your key file here. If it was not you, tell the organiser now.
trustee-restore = Open a key file
trustee-restore-note = A file that you saved on this page or that urna trustee has made. It is kept in this browser from then on. Use one copy only: do not go on with another one elsewhere.
trustee-restore-do = Open the file
trustee-locked = Open your key
trustee-locked-note = Your key is kept in this browser, under your passphrase.
trustee-unlock-do = Open
trustee-forget = Remove the key from this browser
trustee-forget-note = For a device that is not yours. Without the key file that you saved, your key is lost for good.
trustee-forget-do = Remove it
trustee-lock = Close my key on this page

## Key ceremony
trustee-ceremony = Making the election’s key
trustee-ceremony-note = This goes on by itself while the page is open, as soon as the others have done the same. You can close it and come back.
trustee-awaited = Awaited now: { $awaited }
trustee-people = The trustees
trustee-people-note = It takes { $threshold } of { $count } to open the ballots together. Fewer cannot.
trustee-person = Trustee
trustee-done-so-far = Done so far
trustee-is-nothing = Nothing yet
trustee-is-enrolled = Has enrolled
trustee-is-round1 = Has sent the first part
trustee-is-round2 = Has sent the second part
trustee-is-confirmed = Has the own part of the key
trustee-is-agreed = Has agreed to the election
trustee-is-rehearsed = Has rehearsed
trustee-is-counted = Has agreed on what is opened
trustee-is-opened = Has opened ballots
trustee-is-you = you
trustee-hash = Compare with the other trustees
trustee-hash-note = Call each other. These digits must be the same for everybody; if they are not, somebody has interfered: stop, and tell the organiser.
trustee-problem-refused = What { $from } sent does not hold, and was not taken. Nothing is lost; tell { $from } and the organiser.
trustee-problem-stranger = Somebody else has enrolled in your name. Tell the organiser, who begins a new attempt without that enrolment.
trustee-problem-copy = There is a part in your name that this key did not make. Is another copy of your key file in use?
trustee-problem-failed = The ceremony cannot go on, because of what { $from } sent. Tell the organiser, who begins a new attempt.
trustee-problem-nobody = The ceremony cannot go on. Tell the organiser, who begins a new attempt.
trustee-restart = The ceremony has been begun again
trustee-restart-note = The organiser is at attempt { $attempt }, and your key at attempt { $own }. Ask the organiser whether that is so. If you go along, what this attempt has made is replaced; your enrolment stays.
trustee-restart-names = These enrol again: { $names }. Ask each of them whether that is so.
trustee-restart-do = Go along with the new attempt
trustee-restart-behind = Yours is later: the organiser has to begin another attempt.
trustee-prepared = Save your key file
trustee-prepared-note = You have your part of the key. Save it now as a file, in two places, such as this computer and a stick in a drawer. You need the file for the rehearsal, and if this browser loses what it keeps.
trustee-prepared-next = Next, the organiser publishes the election. This page then goes on by itself.
trustee-save = Save the key file
trustee-saved = The file is on its way to your downloads. Copy it to a second place.

## Agreement
trustee-agree = Agree to the election
trustee-agree-note = The election is published, and this is what it says. If it is what was announced, agree. That cannot be taken back: your key belongs to this election from then on.
trustee-organiser = Who holds it
trustee-contact = { $organiser }, { $contact }
trustee-time = Time
trustee-not-before = Opening
trustee-not-before-at = Not before { $time }
trustee-issuers = Who gives the right to vote
trustee-contests = What is voted on
trustee-election = Election id from the announcement
trustee-election-why = 64 digits. Copy them from the announcement that you know, not from this page: that is how a wrong election is found.
trustee-election-shown = The id of the election that is shown here
trustee-agree-do = I agree
trustee-agreed = You have agreed
trustee-agreed-note = Your agreement stands in the public record. When all trustees have agreed, this page goes on to the rehearsal by itself.

## Rehearsal
trustee-rehearse = Rehearse with the saved file
trustee-rehearse-note = Show that you can open ballots with the file that you saved. Choose it here, best from the place where you keep it, and give your passphrase. Voting cannot begin before every trustee has done this.
trustee-rehearse-do = Rehearse
trustee-voting = Well done. Now it is the voters’ turn
trustee-voting-note = Keep your key file and your passphrase. When voting has closed, come back to this page: then the ballots are opened.
trustee-voting-rehearsals = Voting begins when all trustees have rehearsed.

## Opening
trustee-verify = Voting has closed: check the record
trustee-verify-note = Before anything is opened, your device reads the whole public record and makes every check itself. Nobody has to be believed.
trustee-verify-do = Check the record
trustee-verified = Everything holds
trustee-verified-note = Ballots that are counted: { $ballots }. You agree to open these and no others, once and for good.
trustee-small = Class { $class }, ballots cast: { $cast }. That is so few that whoever knows the voters may tell their votes apart.
trustee-open-do = Agree, and open
trustee-opening = Opening
trustee-opening-note = You have agreed. As soon as enough trustees have agreed to the same, your part is opened by itself while this page is open.
trustee-opening-count = Agreed to the same: { $agreed } of { $needed } needed ({ $names })
trustee-opening-otherwise = { $others } agreed to something else. Two records of one election are evidence: keep this page as it is, and call the other trustees.
trustee-opened = Your part is open
trustee-opened-note = Nothing more is asked of you. When enough trustees have opened theirs, the organiser publishes the result.
trustee-over = The result is published
trustee-over-note = Nothing more is asked of you. Keep your key file until nobody can contest the result; then destroy every copy.
trustee-cancelled = The election was cancelled
trustee-cancelled-note = Nothing is opened. You can destroy your key file.
trustee-to-board = The election on the public board

## Why something is not done
trustee-why-unanswered = A service does not answer. Nothing is lost: try again in a moment.
trustee-why-refused = A service refuses this:
trustee-why-unknown = There is no such election. Ask the organiser for the link again.
trustee-why-not-a-trustee = This link is for somebody who is no trustee of this election. Ask the organiser for your link.
trustee-why-solo = In this election one trustee holds the whole key. That is done with the program urna trustee and its option --solo, not on this page.
trustee-why-passphrase = The passphrase is wrong, or the file is damaged.
trustee-why-short = The passphrase is too short: it has at least 10 characters.
trustee-why-memory = This device has not enough memory to turn a passphrase into a key. Use another one.
trustee-why-key-file = This is no key file, or it is damaged:
trustee-why-other-file = This is the key file of another trustee, or of another election.
trustee-why-kept = This browser keeps a key of yours for this election already. Load the page again to open it.
trustee-why-other-window = Your key is open in another window of this browser. Go on there, or close it and try again here.
trustee-why-storage = This browser cannot keep your key, so nothing was sent. Leave private mode, free some space, or use another browser.
trustee-why-no-receipt = The board’s answer is not signed as a receipt of this election. Do not go on before somebody has looked: tell the organiser.
trustee-why-bound = Your key belongs to another election for good:
trustee-why-other-election = This is not the announced election: its id is another one than you gave. If you copied it whole, do not agree, and tell the other trustees.
trustee-why-other-plan = The published election is another one than your key was made for. Do not agree, and tell the other trustees.
trustee-why-other-keys = The keys in the published election are not those that you trustees have made. Do not agree, and tell the other trustees.
trustee-why-not-an-election = An election id has 64 digits, 0 to 9 and a to f.
trustee-why-backup-early = This file was saved before you had your part of the key. Save it again, and use the new one.
trustee-why-other-backup = This file holds another key than the one that is open. Save it again, and use the new one.
trustee-why-record = The record cannot be read whole, so nothing was agreed to and nothing opened:
trustee-why-not-verified = The record does not hold, so nothing was agreed to and nothing opened. Tell the other trustees and the organiser:
trustee-why-not-closed = Voting is not closed yet, or not everybody has accounted for the rights to vote that were given. Nothing was opened.
trustee-why-too-early = By the clock of this device nothing may be opened yet. It is on or after { $time } that this goes on.
trustee-why-agreed-otherwise = You have agreed to open something else in this election before. Two records of one election are evidence: open nothing, and call the other trustees.
trustee-why-stranger = The record has something in your name that this key did not make. Is another copy of your key file in use? Nothing was done.
trustee-why-locked = Your key is not open on this page. Open it again.
trustee-why-program = The program on this page cannot be loaded or has stopped. Load the page again:
trustee-why-other = Something went wrong:
