# The desk: voters, invitations, trying the ballot.

## The list of voters
voters-title = Voters
voters-listed = { $count ->
    [0] Nobody is on the list of voters yet.
    [one] { $count } person is on the list of voters.
   *[other] { $count } people are on the list of voters.
}
voters-stage-draft = Until the election is published you can load another list as often as you like. Nothing of it is public.
voters-stage-public = The election is published. Every change of who may vote, and in which class, makes a new version of the register on the public board: everybody sees how many were added, removed and moved, and when; nobody sees names.
voters-stage-ended = Voting has ended, so nobody can be added, removed or moved any more.
voters-no-list = There is no list here to look at: it was loaded already, or given more than an hour ago. Give it again.
voters-classes = Classes of voters
voters-class = Class
voters-district = District
voters-people = People
voters-list = The list
voters-search = Name, id or e-mail
voters-found = { $count ->
    [0] Nobody was found.
    [one] { $count } person found.
   *[other] { $count } people found.
}
voters-name = Name
voters-given-name = Given name
voters-family-name = Family name
voters-person = Person’s id
voters-email = E-mail
voters-email-optional = E-mail (if there is one; otherwise the invitation goes by letter)
voters-no-email = none
voters-invitation = Invitation
voters-invited-none = not made yet
voters-invited-unsent = not sent yet
voters-invited-sent = sent
voters-invited-erased = on paper, or forgotten

## Giving a list
voters-upload = Give the list of voters
voters-upload-again = Give another list
voters-upload-note = Save your spreadsheet as CSV (UTF-8) and choose it here, or copy its cells and paste them. You see first what it would change; nothing is taken before you say so.
voters-upload-replaces = The new list takes the place of this one as a whole: who is missing from it is removed.
voters-file = File (CSV or JSON)
voters-text = Or paste the list here, with the line that names the columns
voters-look = Look at what it would change
voters-columns = What the columns may be called
voters-columns-note = The first line names the columns, in any order, in English, Czech, Swedish or Ukrainian; large and small letters, spaces and hyphens make no difference. Other columns are not read. The class is needed where there are several, by its id or its title; the district can stand in its place.
voters-names-person = id, person, number, student id, member number, username, login
voters-names-name = name, full name; or given name and family name
voters-names-email = e-mail, mail, e-mail address
voters-names-class = class, category, group
voters-names-district = district, constituency, faculty
voters-json = In JSON, it is a list of objects with these names.
voters-template = Download a template
voters-template-person = id
voters-template-name = name
voters-template-email = e-mail
voters-template-class = class
voters-template-sample = Sample Person
voters-nothing-given = Choose a file, or paste the list.

## A look before it is taken
voters-look-title = Look before you take it
voters-look-good = The list can be taken as it is. Nothing has been changed yet.
voters-look-same = The same people are in the same classes as before.
voters-now = Now
voters-then = With this list
voters-would-add = { $count ->
    [one] { $count } person would be added
   *[other] { $count } people would be added
}
voters-would-remove = { $count ->
    [one] { $count } person would be removed
   *[other] { $count } people would be removed
}
voters-would-move = { $count ->
    [one] { $count } person would be in another class
   *[other] { $count } people would be in another class
}
voters-would-rename = { $count ->
    [one] { $count } person would have another name or address, which is not public.
   *[other] { $count } people would have another name or address, which is not public.
}
voters-merged = { $count ->
    [one] { $count } line repeats somebody who is listed already: one person is one voter.
   *[other] { $count } lines repeat somebody who is listed already: one person is one voter.
}
voters-more = { $count ->
    [one] … and { $count } more.
   *[other] … and { $count } more.
}
voters-notices = { $count ->
    [one] { $count } thing to look at
   *[other] { $count } things to look at
}
voters-notice = What to look at
voters-notice-merged = { $person } is listed in line { $line }, too, and is one voter, in the class { $class }.
voters-notice-shared = The person of line { $line } has the same e-mail address: whoever reads it gets both invitations.
voters-notice-not-read = The column “{ $column }” is not read.
voters-take = Take this list
voters-take-note = It takes the place of the one that is there. It is not public, and can be replaced again until the election is published.
voters-take-public = A new version of the register becomes public at once and for ever: how many are entitled in each class, a row without a name for each, the cause, and so how many were added, removed and moved. Who is added gets an invitation, which you then send. Who has taken the right to vote before keeps it: a ballot that was cast cannot be found and taken out.
voters-cause = Cause, which is public
voters-cause-manual = Changed by hand
voters-cause-nightly = Recomputed from our records
voters-take-do = Take this list
voters-leave = Leave everything as it is

## Bad rows
voters-bad-title = This list cannot be taken yet
voters-bad-found = { $count ->
    [one] { $count } problem was found.
   *[other] { $count } problems were found.
}
voters-bad-nothing-taken = Nothing was taken, not even the good rows.
voters-bad-mend = Mend these rows in your own list and give the whole list again. The download has the same rows for a spreadsheet, with what is wrong.
voters-bad-download = Download the bad rows (CSV)
voters-bad-again = Give the list again
voters-bad-what = What is wrong
voters-bad-first = Only the first thousand are shown.
voters-line = Line
voters-row = The row
voters-bad-utf-16 = The file is UTF-16: save it as “CSV UTF-8”.
voters-bad-not-utf-8 = This is not UTF-8 (it may be Windows-1252 or Latin-1): save the file as “CSV UTF-8”.
voters-bad-empty = The list is empty: the first line must name the columns.
voters-bad-nobody = Nobody is listed.
voters-bad-column-missing = The first line names no column for: { $column }. Call it as the page of voters says.
voters-bad-column-twice = Two columns mean the same: { $column }. Remove or rename one.
voters-bad-fields = The row has { $found } fields, where the first line names { $expected } columns. Put fields with separators in quotes.
voters-bad-syntax = This cannot be read: { $what }
voters-bad-no-person = The person’s id is missing.
voters-bad-no-name = The name is missing.
voters-bad-no-class = Neither class nor district is given.
voters-bad-unknown-class = “{ $found }” is none of the election’s classes, by id or title, and none of its districts.
voters-bad-unknown-district = “{ $found }” is none of the election’s districts.
voters-bad-class-not-in-district = The class “{ $class }” is not in the district “{ $district }”.
voters-bad-several-classes = This could be each of the classes { $classes }: name one by its id.
voters-bad-not-an-address = “{ $found }” is no e-mail address.
voters-bad-too-long = Too long: { $column } has { $length } bytes, where { $limit } are the most. If it is not that long, a quote is not closed.
voters-bad-control-character = { $column }: there is a line break or control character in it.
voters-bad-other-name = { $person } has another name in line { $line }: give two people two ids, or one person one name.

## One person
voters-add = Somebody was left out
voters-add-note = Add one person to the list.
voters-add-public = Add one person. A new version of the register becomes public, with one row more, without a name, and “changed by hand” as its cause. Then send the invitation.
voters-add-do = Add this person
voters-add-listed = This person is on the list already.
voters-nothing-of-the-vote = Whether and how somebody voted is not known here.
voters-replaced = { $count ->
    [one] (replaced once)
   *[other] (replaced { $count } times)
}
voters-resend = Invitation
voters-resend-unsent = The invitation has not been sent yet. It is sent as it is.
voters-resend-replaces = The link that was sent is not kept here, so a new one is made: the old link opens nothing any more, and a new version of the register shows to everybody that one credential was replaced, without a name. This is refused if somebody has taken the right to vote with the old link: a second one would be a second vote.
voters-resend-letter = There is no e-mail address, so nothing is mailed: the new link is among the letters.
voters-resend-do = Send the invitation
voters-move = Another class
voters-move-public = A new version of the register becomes public, in which one row is in another class. Who has taken the right to vote in the old class keeps it.
voters-move-do = Move
voters-remove = Remove from the list
voters-remove-note = The list is not public yet, so nobody hears of it.
voters-remove-public = A new version of the register becomes public, with one row less. Who has taken the right to vote before keeps it: a ballot that was cast cannot be found and taken out. Who comes back later gets no second vote.
voters-remove-confirm = Type the short name of the election, { $slug }, to confirm
voters-remove-do = Remove

## What was done
voters-done-loaded = The list was taken.
voters-done-added = The person was added.
voters-done-removed = The person was removed.
voters-done-moved = The person was moved.
voters-done-resent = The invitation was sent.
voters-done-for-letter = The invitation is ready, and was not mailed: it is among the letters on the page of invitations.
wrong-unknown-person = There is nobody with this id on the list of voters.
wrong-list-changed = The list of voters was changed after you looked at yours, so it would change something else. Look again, then take it.

## Invitations
mail-title = Invitations
mail-lead = Each voter gets a link that is theirs alone. Once a mail is sent, its link is kept nowhere here: not even you can see it.
mail-not-made-here = In this election the voters’ own devices, or somebody else, make the credentials, so this service has no invitations to send.
mail-ended = Voting has ended: no invitation is sent any more, and those that were not sent are forgotten.
mail-too-early = Invitations are made when the election is published and the list of voters is on the public board. Until then you can read here what they will say.
mail-count-sent = { $count ->
    [one] { $count } invitation is sent.
   *[other] { $count } invitations are sent.
}
mail-count-unsent = { $count ->
    [one] { $count } is not.
   *[other] { $count } are not.
}
mail-count-without-address = { $count ->
    [one] Of these, { $count } is for somebody without an e-mail address: print a letter.
   *[other] Of these, { $count } are for people without an e-mail address: print letters.
}
mail-count-erased = { $count ->
    [one] { $count } is on paper, or forgotten.
   *[other] { $count } are on paper, or forgotten.
}
mail-says = What the mails say
mail-says-draft = With a sample name, and a link that opens nothing. You change the words in the preparation.
mail-says-fixed = With a sample name, and a link that opens nothing. The words were fixed with the publication.
mail-invitation = Invitation
mail-reminder = Reminder
mail-test = First, a test mail
mail-test-note = Send one to yourself and read it as a voter would. Its link opens nothing. Invitations can be sent only with words that were tested.
mail-tested = A test mail was sent with these words.
mail-test-to = To this address
mail-test-do = Send a test mail
mail-not-an-address = This is no e-mail address.
mail-refused = The mail server did not take the mail. It says:
mail-done-tested = The test mail was sent. Read it before you go on.
mail-done-erased = The unsent invitations are forgotten.
mail-send = Then send
mail-first-test = Send a test mail first. Then the button is here.
mail-send-note = Every invitation that was not sent yet goes to its voter. Who has one gets none again.
mail-send-do = { $count ->
    [one] Send { $count } invitation
   *[other] Send { $count } invitations
}
mail-remind-do = Remind those who have not begun
mail-remind-note = A reminder goes to everybody who has not taken the right to vote yet, by the word of the issuers; it has no link. Who was never sent the invitation gets that. Whether somebody voted is known to nobody.
mail-progress = Mails are being sent
mail-progress-done = The last mails
mail-look-again = Look again
mail-sent = { $count ->
    [one] { $count } mail was sent
   *[other] { $count } mails were sent
}
mail-left = { $count ->
    [one] { $count } is left
   *[other] { $count } are left
}
mail-failed = { $count ->
    [one] { $count } mail was not taken by the mail server
   *[other] { $count } mails were not taken by the mail server
}
mail-without-address = { $count ->
    [one] { $count } person has no e-mail address
   *[other] { $count } people have no e-mail address
}
mail-reasons = Mails that were not taken
mail-reason = What the mail server says
mail-failed-note = These invitations are unsent, and can be sent again or printed. Correct an address by giving the list of voters again.
mail-is-sending = Mails of this election are being sent already. You may close this page: it goes on by itself.
mail-no-server = Whoever runs this service has set up no mail server, so no mail can be sent from here. Letters are always possible.
mail-one = One person’s invitation
mail-one-note = Somebody lost the link, or has another address? Find the person, and send the invitation again from there.
mail-letters = Letters
mail-letters-none = There is nothing to print: every invitation is sent or forgotten.
mail-letters-note = A file (CSV) with name, address, class and link of everybody whose invitation is not sent, for mail merge.
mail-letters-warning = Whoever has this file can vote in the place of everybody in it. Print it, seal the letters in front of somebody, and delete the file, also from the bin. That you downloaded it is recorded.
mail-letters-do = { $count ->
    [one] Download { $count } letter
   *[other] Download { $count } letters
}
mail-erase = When the letters are printed
mail-erase-note = Have this service forget the invitations that are not sent, so that nobody can read them here any more. Who then loses a letter needs a new invitation, which everybody sees as a replacement, without a name. This cannot be undone.
mail-erase-do = { $count ->
    [one] Forget { $count } invitation
   *[other] Forget { $count } invitations
}
wrong-no-secrets = In this election the voters’ own devices, or somebody else, make the credentials: there is no invitation to send.

## Trying the ballot
preview-title = Preview
preview-note = This is what voters will see. Mark whatever you like: nothing is sent, and nothing is counted.
preview-back = Back to the preparation
preview-class = As a voter of the class
preview-show = Show
preview-missing = { $count ->
    [one] { $count } thing is missing before this election can be published
   *[other] { $count } things are missing before this election can be published
}
preview-nothing = There is no ballot yet
preview-nothing-note = This class votes on nothing yet: it needs a contest that has options.
preview-cast = This was a preview
preview-cast-note = Nothing was sent. A voter’s ballot would now be encrypted in the browser and cast with these choices:
preview-again = Mark again
preview-footer = A page of the election desk. Voters get this ballot at their personal link only.
voters-print = List to print
voters-print-note = Everybody who is entitled at this moment, by class. A browser prints it on paper or as PDF. It has names in it: it is not public.
preview-try = Try the ballot
preview-try-about = See and mark what the voters of each class will get. Nothing is sent.
mail-all-sent = Every invitation that can be mailed is sent.
voters-reason = Reason, for the record of actions. Name nobody: only how many were concerned is kept there.
