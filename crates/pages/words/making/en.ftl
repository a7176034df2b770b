# Making an election, in English, in which every word exists first.

## The checklist
make-title = Preparing the election
make-complete = Complete
make-problems = { $count ->
    [one] One thing is missing
   *[other] { $count } things are missing
  }
make-what-is-missing = What is missing
make-next-parts = Go through the parts below in any order. Everything is kept when you leave, and nothing is public before you publish it.
make-next-plan = Every part is complete. Next, the owner fixes who takes part, so that issuers and trustees can make their keys.
make-next-keys = Who takes part is fixed. Now the others make their keys; this takes as long as they need, and you can close this page.
make-next-approve = Everything is there. Now the approvers read the whole election and approve exactly that.
make-next-publish = Everybody has approved. The owner can publish the election; from then on it cannot be changed.
make-next-published = The election is published. What was fixed can be read here, and not changed.
make-voters = Voters
make-voters-about = Who may vote: upload a list. It can also be done later, until voting opens.
make-voters-none = Nobody is on the list yet
make-voters-count = { $count ->
    [one] One person is on the list
   *[other] { $count } people are on the list
  }
make-then = Then, in this order
make-step-plan = The owner fixes who takes part
make-step-keys = Issuers and trustees make their keys
make-step-approve = The approvers approve exactly what will be published
make-step-publish = The owner publishes
make-awaited = Who is awaited
make-awaits-issuer = { $name }: the issuer’s keys. An issuer beside this service makes them by itself within a minute.
make-awaits-trustee = { $name }: the next step of the key ceremony, on the trustee’s own page.
make-awaits-solo = The key of the single trustee.
make-awaits-approver = { $name }: approval.
make-check-go = Check and publish

## Every form
make-save = Save
make-save-stay = Save and stay here
make-saved = Saved.
make-saved-now = Somebody else has saved here:
make-nothing = nothing
make-meanwhile = Somebody else has changed this election since you opened the page, so nothing was saved. What you typed is below. Where it differs from what is saved now, both are shown. Saving again replaces theirs with yours.
make-meanwhile-look = Look at what is saved now (in a new tab)
make-not-saved = Nothing was saved, because something could not be read. What you typed is still here; mend this:
make-not-number = This must be a whole number, such as 3.
make-not-time = This must be a date and a time, such as 2027-05-03 08:00.
make-not-such-time = There is no such time on that day: the clocks are put forward then. Choose another.
make-not-language = These must be language tags such as de, fr or pt-BR, with spaces between them.
make-not-empty = Something is needed here.
make-locked-published = The election is published, so nothing can be changed here any more.
make-locked-role = Your role lets you read this, but not change it. Owner and managers can.
make-voids = Somebody has approved this election already. If you save a change, every approval is void and must be given again.
make-optional = You can leave this empty.
make-untitled = without a title
make-up = Move up
make-down = Move down
make-remove = Remove
make-remove-yes = Yes, remove it
make-incomplete = incomplete
make-rows-more = Save, and more empty rows

## The parts
make-titles = Title and languages
make-titles-about = What the election is called, in which languages, and who answers for it.
make-contests = Questions and candidates
make-contests-about = What is voted on: each question has its own options and its own winners.
make-classes = Groups of voters
make-classes-about = Most elections need one group. More are for voters who vote on different questions, whose votes weigh differently, or whose votes are added up by district.
make-schedule = When voting is open
make-schedule-about = Voting opens and closes by itself at times that you fix, or when you say so.
make-policies = Rules
make-policies-about = The rules in which elections differ, with what each means for voters. The usual ones are chosen already.
make-trustees = Who counts
make-trustees-about = Trustees keep the key that opens the ballots, so that nobody can open them alone. Issuers give each voter one right to vote.
make-words = Invitations and approval
make-words-about = What the mail to the voters says, and who has to approve the election before it is published.

## Title and languages
make-languages = Languages
make-languages-which = In which languages voters read the ballot
make-languages-note = Every text has to be written in each of them. Removing a language removes its texts.
make-languages-other = Other languages
make-languages-other-note = Their tags, such as de or pt-BR, with spaces between them. The buttons and explanations around your texts are then in English.
make-languages-first = First language
make-languages-first-note = In lists and mails the title is in this one.
make-languages-set = Save the languages, and show their fields
make-named = What it is about
make-election-title = Title of the election
make-election-title-note = For example: Student council elections 2027.
make-election-description = Description
make-trial = This is only a trial
make-trial-note = Every page and every mail says so, and nobody takes the result for a real one.
make-organiser = Who answers for it
make-organiser-name = Organiser
make-organiser-name-note = The organisation, or its election commission.
make-organiser-contact = Contact for voters’ questions
make-organiser-contact-note = An e-mail address or a telephone number that somebody answers while voting goes on.
make-time-zone = Time zone
make-time-zone-note = In which all times of this election are shown, and typed here.

## Questions and candidates
make-contests-none = There is no question yet.
make-contest-new = Another question
make-contest-add = Add the question
make-contest-title = Question or office
make-contest-title-note = For example: Chair of the union, or: Shall the fee be raised?
make-contest-about = The question as voters read it, what they can mark, and how many of it.
make-contest-description = Explanation
make-remove-contest = “{ $name }” and all its options will be gone.
make-question = The question
make-options = Candidates or answers
make-options-note = They stand on the ballot in this order. Empty rows are ignored.
make-option-title = Name or answer
make-option-description = What voters should know about it
make-options-count = { $count ->
    [one] 1 option
   *[other] { $count } options
  }
make-seats-count = { $count ->
    [one] 1 winner
   *[other] { $count } winners
  }
make-paste = Paste a list of names
make-paste-note = One in each line. A tab, or a bar with spaces ( | ), separates a name from what is said about it; two columns of a spreadsheet can be pasted as they are. They are added below the others, the same in all languages.
make-paste-do = Add these names
make-limits = How many
make-min = Least marks
make-min-note = 0: voters may leave it blank.
make-max = Most marks
make-max-note = The page lets nobody mark more.
make-seats = Winners
make-seats-note = So many are elected.
make-abstain = Offer “I abstain”
make-abstain-note = Whoever abstains has taken part, and votes for nobody. It is counted apart from blank ballots.
make-method-note = Those with the most votes win. A tie is reported and never broken by the program: people decide. Nobody is elected without a vote.

## What is wrong
rule-man-4 = The short name has another form than it must.
rule-man-5 = A short name in the program has another form than it must: small letters without accents, digits and hyphens.
rule-man-6 = This is no language tag such as en, cs or pt-BR.
rule-man-7 = There are too few of them, or too many. Add some, or remove some.
rule-man-8 = The same stands in the list twice.
rule-man-9 = Something is named here that does not exist in this election.
rule-man-10 = Nobody votes on this: let a group of voters vote on it, or remove it.
rule-man-11 = The questions of a group stand in another order than in the election. Save the groups again.
rule-man-12 = The text is missing in one of the languages, or is there in one that the election does not have.
rule-man-13 = Something must stand here, not too long, and without hidden characters.
rule-man-14 = Two options look the same to voters. Give one of them another name or a description.
rule-man-15 = This number is out of the range that makes sense here.
rule-man-16 = More marks are asked for than are allowed. Lower the least, or raise the most.
rule-man-17 = If nobody may vote again, each voter has exactly one ballot: write 1.
rule-man-18 = The times are not in order: first voting opens, then it closes, then ballots are opened.
rule-man-20 = This is no address of a service such as https://votes.example.org.
rule-man-21 = This is no time zone such as Europe/Stockholm.
rule-man-22 = A key is not valid. Its owner has to make it again.
rule-man-23 = The same key stands in two places. Every key must be its own.
rule-man-24 = The issuer’s keys do not fit the groups of voters any more. Have it make them again.
rule-man-25 = The issuer’s keys are not proved to be its own. Have it make them again.
rule-man-26 = At least two trustees are needed to open the ballots, and not more than there are. A single one must be chosen on purpose.
rule-man-27 = A single trustee, and nobody else, can hold the whole key: remove the others, or take back that there is one.
rule-man-28 = The ballot is too large. Give the largest questions fewer options, or split the election.
rule-man-29 = This group has so few voters that the result could show how single persons voted. Merge it with another, or confirm it with the group.
rule-man-30 = The result would be too large. Give this question fewer options or shorter names.
rule-man-31 = There would be too much to count. Give this question fewer options, or merge groups of voters.
rule-man-32 = This number of ballots is not possible. Write 1 if no ballot should wait for others.
rule-man-33 = Ballots cannot wait so long. Write 600 for the usual ten minutes, or 1 in a meeting.
rule-man-34 = If the right to vote is taken while voting, it cannot be taken before voting opens. Leave the earlier time empty, or change the rule.
rule-no-plan = Who takes part is not fixed yet.
rule-no-issuer-keys = This issuer has not given its keys yet.
rule-class-without-key = The groups of voters were changed after this issuer had made its keys. Have it make them again.
rule-no-election-key = The trustees have not made the election’s key yet.
rule-unknown-booth = The version of the voting page that is chosen is not here. Choose the newest.
rule-no-approver = Choose at least one account that has to approve.
rule-repeated-approver = Somebody stands twice among those who approve.
rule-unknown-approver = Somebody who has to approve has no access to this election. Give access, or choose somebody else.
rule-no-link = The invitation must have {"{"}link{"}"} in it, where each voter’s own link will be.
rule-bad-subject = The subject must be one line that says something.
rule-not-the-plan = This differs from what was fixed about who takes part. Put it back, or begin another election from a copy.
rule-opens-in-the-past = The time at which voting opens has passed. Choose a later one.
rule-people-of-no-class = People on the list of voters belong to a group that was removed. Add it again, or load the list anew.
rule-other = Something is wrong here:

## Groups of voters
make-class-new = Another group
make-class-add = Add the group
make-class-title = Name of the group
make-class-id = In the list of voters, this group is called “{ $id }”.
make-class-people = { $count ->
    [one] One person is in it.
   *[other] { $count } people are in it.
  }
make-class-contests = Votes on
make-weight = Weight
make-weight-note = 1 for most. With 3, each mark counts as three votes, and everybody can see that this group voted.
make-district = District
make-district-note = May be empty. Groups of the same district are added up, and the result is shown for each district, too.
make-confirmed = This group may be small
make-confirmed-note = Tick it only if its members know that the result may show how each of them voted.
make-small = Small groups
make-small-about = Every published vote shows its group. In a group of one, that is this person’s vote; in a group of three, two who tell how they voted reveal the third. So a group with fewer voters than this is refused, unless you confirm it above.
make-smallest = Least voters in a group
make-smallest-note = Usually 5.

## When voting is open
make-schedule-times = By itself, at fixed times
make-schedule-times-means = Voters can plan. Nobody has to be there when it opens or closes, and nobody can close it early.
make-schedule-manual = By hand
make-schedule-manual-means = For votes in a meeting: you open and close on the overview page, and both are recorded.
make-times = Times
make-times-zone = All times are those of { $zone }. They count only if voting opens by itself.
make-times-zone-other = Choose another time zone
make-opens = Voting opens
make-opens-note = From this moment on, voters can cast.
make-closes = Voting closes
make-closes-note = At this moment it is over, to the second. A ballot that comes later is refused.
make-times-more = More times
make-issuance-opens = The right to vote can be taken
make-issuance-opens-note = Empty: when voting opens. Earlier, voters’ devices can get ready beforehand, which spreads the load.
make-opening = Ballots are opened not before
make-opening-note = Empty: as soon as voting has closed. Later, if objections are heard before the count.

## Rules
make-as-at = As at { $names }.
make-for-voters = For voters
make-for-result = For the result
make-policies-more = Rules that seldom need a change
make-revote = May a voter vote again?
make-revote-withdraw = Yes, and take the vote back
make-revote-withdraw-means = The last ballot counts. Whoever was pressed can vote again later, alone; and whoever wants can take part in another way.
make-revote-replace = Yes
make-revote-replace-means = The last ballot counts. It can be replaced, but not taken back.
make-revote-never = No, the first ballot is final
make-revote-never-means = Whoever makes a mistake, or is watched, cannot mend it. The page warns before it sends.
make-revote-limit = Ballots of one voter at most
make-revote-limit-note = Usually 16; 1 if nobody may vote again. It keeps anybody from flooding the record.
make-figures = What is public while voting goes on?
make-figures-none = Nothing
make-figures-none-means = Nobody knows how many have voted, so nobody is moved by it. Voters see their own receipt.
make-figures-turnout = The turnout
make-figures-turnout-means = Everybody sees how many have voted, and the ballots, still encrypted. Never a result.
make-blank = What is a ballot on which nothing is marked?
make-counts-participated = Its voter took part
make-counts-unused = As if it had not been cast
make-blank-participated-means = A blank ballot is in the turnout, and is for nobody. It helps to reach a quorum.
make-blank-unused-means = A blank ballot is not in the turnout. It does not help to reach a quorum.
make-disclosure = What becomes public of single ballots after the close?
make-disclosure-each = Every vote, under an identifier
make-disclosure-each-means = Voters find their own vote by a code that nobody else can tie to them, and everybody can count again. Totals alone are not possible yet.
make-invalid = What is a ballot that cannot be read?
make-invalid-unused-means = Nobody’s page makes such a ballot; only a broken or self-made program can. It is not in the turnout.
make-invalid-participated-means = It is in the turnout, though it votes for nothing.
make-credentials = Who makes the voters’ access keys?
make-credentials-authority = This service
make-credentials-authority-means = Each voter gets a link by mail or letter, and needs nothing else. Until it is used, whoever runs this service could use it.
make-credentials-device = Each voter’s own device
make-credentials-device-means = Nobody else ever has the key. Voters sign in first by the organisation’s own system, which has to be connected by whoever runs it.
make-credentials-third = Somebody else
make-credentials-third-means = For example the election commission hands them out and gives this service the public halves, by a program.
make-issuance = When does a voter take the right to vote?
make-issuance-ahead = Any time, also before voting opens
make-issuance-ahead-means = When somebody took it says nothing about when somebody voted. No time is kept.
make-issuance-with = While casting
make-issuance-with-means = For rules that ask for a roll with the time of each vote: the commission gets it, and it is never public.
make-batch = How long do ballots wait for each other?
make-batch-note = If each ballot appeared at once, somebody who saw you vote could find yours by the time. So they appear together, in no order.
make-batch-many = 20 ballots or 600 seconds: elections over days. As at { $names }.
make-batch-one = 1 and 1: votes in a meeting, where all vote within minutes. As at { $names }.
make-batch-min = Ballots together
make-batch-min-note = As soon as so many of a group are there.
make-batch-wait = Seconds at most
make-batch-wait-note = Then they appear, however few they are.
make-form = Seconds to finish taking the right to vote
make-form-note = Usually 300. After that the voter’s device simply begins again.
make-witnesses = Who watches the public record besides?
make-witnesses-none = Nobody in particular
make-witnesses-none-means = Everybody can watch it. Witnesses that sign what they see are not possible yet.
make-booth = Which version of the voting page?
make-booth-newest = The newest
make-booth-newest-means = It is fixed with its fingerprint when the election is published, and does not change after that.
make-booth-pinned = The one that was chosen
make-booth-pinned-means = It was named by a program or in the election from which this one was copied.

## Who counts
make-trustees-title = Trustees
make-trustees-note = Choose people who would not help each other to cheat, such as one from each side. Each makes a part of the key on their own device. Nobody ever has the whole.
make-trustee-number = Name of trustee { $count }
make-threshold = How many of them are needed to open the ballots
make-threshold-note = With 2 of 3, one can lose the key and the election still has a result; and one alone can open nothing. If all are needed, one lost key means no result.
make-solo-open = Only a single trustee
make-solo-warning = A single trustee can open every ballot at any time, alone and unseen. Choose this only to try things out, or where nobody minds.
make-solo = I know this: one trustee holds the whole key
make-issuers-title = Issuers
make-issuers-note = An issuer gives each person on the list one right to vote, without seeing what is voted. One is enough for most elections.
make-issuer-where = Where it runs
make-issuer-own = Beside this service
make-issuer-own-means = Nothing more is to be done: it makes its keys by itself.
make-issuer-own-name = The issuer of the election service
make-issuer-other = Elsewhere, run by others
make-issuer-other-means = They have to agree, and give their keys once who takes part is fixed. Then nobody here alone could hand out a right to vote too many.
make-issuer-name = Name, which voters read
make-issuer-name-note = For example: Election office of the union.
make-issuer-url = Address
make-issuer-url-note = Of an issuer elsewhere, such as https://issuer.example.org. Beside this service you can leave it as it is.
make-issuer-new = Another issuer
make-issuer-new-note = With two, each has to give its part of every right to vote, so one alone can neither forge nor refuse unseen. If one fails, nobody can vote.
make-issuer-add = Add the issuer
make-fixed-note = Who takes part is fixed: names and numbers cannot be changed any more. If somebody has to be replaced, begin another election from a copy of this one.
make-fixed-threshold = { $count ->
    [one] One of them opens the ballots.
   *[other] { $count } of them open the ballots.
  }
make-links-note = Send each trustee their own link. Everything that they have to do is on that page, step by step.
make-link = Link to send
make-ceremony-enrolment = Has not begun yet
make-ceremony-round1 = Is awaited with the first of three steps
make-ceremony-round2 = Is awaited with the second of three steps
make-ceremony-confirmation = Is awaited with the last step
make-ceremony-waits = Has done this step, and waits for the others
make-ceremony-done = Has the key
make-restart = Begin the key ceremony again
make-restart-warning = Only if a trustee has lost the file, or a step has failed. Every trustee has to go through all steps again, and approvals are void.
make-forget = Who has lost the file?
make-forget-note = They enrol again with a new one. The others go on with theirs.
make-confirm = To confirm, type the election’s short name: { $slug }
make-restart-do = Begin again
make-issuer-has-keys = Has given its keys
make-issuer-again = Have it make its keys again
make-issuer-again-note = After the groups of voters were changed. Its keys are removed here, approvals are void, and it gives others; beside this service by itself.
make-issuer-again-do = Remove its keys

## Invitations and approval
make-invitation = The invitation
make-invitation-which = Its words
make-words-usual = The usual ones, in English
make-words-usual-means = A few lines with the voter’s name and link, the election’s title and id, and your contact.
make-words-own = Your own
make-words-own-means = As written below. To begin from, the usual ones stand there in the election’s first language.
make-subject = Subject
make-text = Text
make-text-note = Filled in for each voter: {"{name}"}, {"{title}"}, {"{link}"}, {"{contact}"}, {"{election}"}. Only {"{link}"} must be there.
make-usual-subject = {"{title}"}: your invitation to vote
make-usual-dear = Dear {"{name}"},
make-usual-entitled = you are entitled to vote: {"{title}"}.
make-usual-yours = This link is yours alone. Whoever has it can vote in your place, so do not pass it on:
make-usual-id = The election’s id, to compare with the one that was announced:
make-usual-questions = Questions: {"{contact}"}
make-approvers = Who has to approve
make-approvers-note = The election can be published only when each of them has approved exactly what will be published. Any change after that voids the approval.
make-approvers-who = Accounts with a role in this election
make-approvers-access = Give somebody else access

## Check and publish
make-check = Check and publish
make-nothing-wrong = Nothing is missing that you could fill in.
make-others = What others still have to give
make-plan = Fix who takes part
make-plan-note = Issuers and trustees make their keys for exactly this group. So it is fixed before everything else; titles, questions, groups, times and rules can be changed until you publish.
make-plan-final = After this, names, number of trustees and issuers cannot be changed in this election.
make-plan-do = Fix who takes part
make-nobody = nobody yet
make-owner-only = Only the owner of the election can do this.
make-whole = The whole election
make-whole-note = Read all of it as a voter would. This, and nothing else, is what will be approved, published and counted.
make-board = Public record
make-approve = Approval
make-approve-note = These 64 characters are the fingerprint of the exact text. If anything is changed, they change, and approvals are void. After publication they are the election’s id.
make-manifest = Download the exact text
make-approved = approved
make-not-approved = not yet:
make-approve-do = Approve exactly this
make-publish = Publish
make-publish-note = From now on everybody can read the election, and nobody can change it, not even you. Trustees then agree to it and rehearse the opening before voting can open.
make-publish-nobody = Nobody is on the list of voters yet. You can still publish, and load the list afterwards.
make-publish-do = Publish the election
rule-empty = Something must stand here.
rule-none-yet = There is none yet. Add at least one.
