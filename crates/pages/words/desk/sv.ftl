# Valexpeditionen, svenska

## Runt sidorna
desk-title = Valexpedition
desk-footer = Allt som görs här antecknas med tid och namn. Härifrån kan ingen se en röst.
desk-elections = Val
desk-parts = Valets delar
desk-at-overview = Översikt
desk-at-making = Förberedelse
desk-at-voters = Röstberättigade
desk-at-invitations = Inbjudningar
desk-at-access = Behörighet
desk-at-audit = Händelselogg

## Inloggning
sign-in-title = Logga in
sign-in-lead = Öppna inloggningslänken som du har fått, eller klistra in den här.
sign-in-secret = Inloggningslänk eller API-nyckel
sign-in-ready = Din länk är här. Den fungerar en gång: sedan är den här webbläsaren inloggad.
sign-in-do = Logga in
sign-in-note = Du är inloggad i trettio dagar i den här webbläsaren. Det finns inget lösenord: den som driver tjänsten, eller valets ägare, gör nya länkar.
sign-in-again = Jag är redan inloggad: till valen
sign-in-no-session = Du är inte inloggad här, eller så har inloggningen gått ut. Inget ändrades. Öppna en inloggningslänk för att fortsätta.
sign-in-no-link = Länken går inte att använda: den kan vara äldre än en vecka, eller redan använd. Be om en ny.
sign-in-signed-out = Du är utloggad.

## Kontot
account-title = Ditt konto
account-sessions = Var du är inloggad
account-since = sedan { $since }, till { $until }
account-own = Den här webbläsaren
account-other = En annan webbläsare
account-sign-out = Logga ut
account-everywhere = Logga ut överallt
account-everywhere-note = Gör det om en enhet är borta, eller om du inte känner igen någon av dem. Du behöver en inloggningslänk för att komma tillbaka.

## Valen
desk-none = Du har inget val här än.
desk-new = Nytt val

## Varför något inte görs
wrong-title = Det gjordes inte
wrong-nothing-changed = Inget ändrades.
wrong-details = Vad tjänsten säger (på engelska)
wrong-back = Tillbaka
wrong-role = Din roll i valet tillåter inte detta. Fråga valets ägare.
wrong-unknown-election = Det finns inget sådant val här, eller så har du ingen del i det.
wrong-forged = Begäran kom inte från en av tjänstens sidor, så den utfördes inte. Om du inte har följt en konstig länk: öppna sidan igen och gör om det.
wrong-not-read = Det som skickades gick inte att läsa.
wrong-edited-meanwhile = Någon annan har ändrat valet sedan du öppnade sidan. Öppna den igen: det du skrev finns kvar i webbläsaren om du går tillbaka.
wrong-other-manifest = Valet ändrades efter att du läste det, så ditt godkännande skulle gälla något annat. Läs det igen och godkänn sedan.
wrong-approvals-missing = Alla som ska godkänna har inte godkänt just den här lydelsen. Varje ändring upphäver tidigare godkännanden.
wrong-not-confirmed = Kortnamnet du skrev är inte det här valets.
wrong-slug-in-use = Det finns redan ett val med det kortnamnet. Välj ett annat.
wrong-not-a-slug = Ett kortnamn har 3 till 40 tecken: små bokstäver utan accenter, siffror och bindestreck, till exempel styrelse-2027.
wrong-already-published = Valet är publicerat; det som är fastställt går inte längre att ändra.
wrong-phase = Det går inte nu, i det skede som valet är i.
wrong-rehearsal = Röstningen kan inte öppnas: alla nyckelförvaltare har inte samtyckt och provat. En nyckel som ingen har provat kan göra resultatet omöjligt.
wrong-draft = Valet är inte komplett än. Vad som saknas står på sidan för förberedelse.
wrong-register = Listan över röstberättigade har fel, så inget av den togs med.
wrong-no-test-mail = Skicka först ett provbrev till dig själv med just de här orden, och läs det.
wrong-already-sending = E-post för det här valet skickas redan.
wrong-already-issued = Personen har redan tagit sin rösträtt med inbjudan, så den kan inte skickas igen: en andra vore en andra röst.
wrong-mail = E-posten kunde inte skickas. Brev går alltid.
wrong-unreachable = En annan del av tjänsten svarar inte just nu. Det som påbörjats fortsätter av sig självt; titta igen om en stund.
wrong-board-refused = Den offentliga anslagstavlan nekade enligt valets regler.
wrong-other = Tjänsten kunde inte göra detta.

## I vilket skede valet är
desk-phase-draft = Utkast
desk-phase-planned = Förbereds: vilka som deltar är fastställt
desk-phase-publishing = Publiceras

## Vad som händer härnäst
run-next = Vad som händer härnäst
run-nothing-next = Inget väntas från någon.
who-you = Du
who-owner = Valets ägare, { $name }
who-approver = { $name }
who-issuer = Utfärdaren { $name }
who-trustee = Nyckelförvaltaren { $name }
who-board = Den offentliga anslagstavlan
who-clock = Klockan, av sig själv
step-fix-plan = göra klart förberedelsen och fastställa vilka som deltar
step-issuer-keys = gör sina nycklar (av sig själv, inom en minut)
step-ceremony-package = tar nästa steg i nyckelceremonin på förvaltarens sida
step-election-key = lämna den enda förvaltarens nyckel
step-mend-draft = rätta det som saknas i förberedelsen
step-approve = läsa valet och godkänna det
step-publish = publicera valet
step-board = tar emot det som skickats, eller svarar inte just nu
step-agree = samtycker till det publicerade valet
step-rehearse = provar: visar att nyckeln fungerar
step-register = ladda upp listan över röstberättigade
step-open = öppna röstningen
step-close = stänga röstningen
step-post-issuance = lägger ut listan över vilka som tog sin rösträtt (av sig själv)
step-agree-to-open = kontrollerar den stängda omröstningen och samtycker till öppning
step-open-ballots = öppnar valsedlarna
step-tally = publicera resultatet
step-certify = fastställa resultatet
run-to-making = Till förberedelsen
run-to-check = Granska, godkänn och publicera
run-to-voters = Till listan över röstberättigade
run-to-trustees = Förvaltarnas länkar

## Röstningen
run-times = Röstning från { $opens } till { $closes }, av sig själv.
run-by-hand = Du öppnar och stänger röstningen själv, på den här sidan.
run-entitled = { $count ->
    [one] { $count } person står på listan över röstberättigade
   *[other] { $count } personer står på listan över röstberättigade
}
run-unsent = { $count ->
    [one] { $count } inbjudan är inte skickad än
   *[other] { $count } inbjudningar är inte skickade än
}
run-turnout = Valdeltagande
run-curve = Valsedlar på anslagstavlan över tid, från { $from } till { $to }
run-curve-note = Antal personer med en valsedel på anslagstavlan; aldrig för vad. Läses av var tjugonde sekund.
run-rehearsed-all = Alla förvaltare har samtyckt och provat: resultatet går att öppna.
run-blocked = Röstningen kan inte öppna innan alla ovan har gjort sin del.
run-open-title = Öppna röstningen
run-open-note = Från den stunden kan alla med inbjudan rösta. Det går inte att ta tillbaka.
run-close-title = Stänga röstningen
run-close-note = Från den stunden kan ingen rösta, och röstningen går inte att öppna igen.
run-cancel-title = Ställa in valet
run-cancel-note = Det slutar utan resultat, för gott, och ingen öppnar någonsin valsedlarna. Alla kan läsa skälet på den offentliga anslagstavlan.
run-reason = Skäl
run-confirm = Bekräfta genom att skriva valets kortnamn: { $slug }

## Slutet
run-tally-title = Publicera resultatet
run-tally-note = Tjänsten läser hela det offentliga protokollet, kontrollerar allt, räknar och lägger ut resultatet. Med många valsedlar tar det någon minut.
run-certify-title = Fastställa resultatet
run-certify-note = När tiden för klagomål är ute: med detta är valet avslutat och resultatet slutgiltigt.
run-no-result-yet = Inget resultat finns innan valsedlarna öppnas efter stängningen, inte ens här.
run-publicly = Vad alla ser
run-board-page = Valets offentliga anslagstavla
run-vote-page = Där väljarna röstar
run-preset = Spara som mall
run-preset-note = Valets titlar, frågor, klasser och regler, att börja ett annat val från; inga röstberättigade och inga nycklar finns i den.
said-opened = Klart. Alla med inbjudan kan rösta nu.
said-closed = Klart. Ingen kan rösta längre. När förvaltarna har öppnat valsedlarna publicerar du resultatet här.
said-cancelled = Klart. Alla kan läsa skälet på den offentliga anslagstavlan.
said-tallied = Klart. Alla kan läsa resultatet på den offentliga anslagstavlan, och räkna om.
said-certified = Klart. Valet är avslutat.
said-made = Valet är skapat. Förbered det nu: gå igenom listan, i vilken ordning du vill, hur ofta du vill.
said-removed = Behörigheten är borttagen, i alla webbläsare.
result-page = Resultatet på en sida att skriva ut
result-text = Resultatet som text
result-of = Resultat: { $title }
result-election-id = Valets id { $id }
result-signatures = Underskrifter
result-signature = Namn, roll, datum, underskrift
result-print-note = Skriv ut sidan med webbläsaren. Vem som helst kan göra samma räkning från den offentliga anslagstavlan.

## Ett nytt val
new-title = Nytt val
new-slug = Kortnamn
new-slug-note = Det står i alla adresser och kan inte ändras: 3 till 40 små bokstäver utan accenter, siffror och bindestreck, till exempel styrelse-2027.
new-from = Börja från
new-council = Ett val under flera dagar
new-council-note = Väljarna får rösta om och ta tillbaka sin röst till slutet.
new-committee = En enda slutgiltig valsedel
new-committee-note = Det som lagts ligger: ingen andra röst.
new-meeting = En omröstning på ett möte
new-meeting-note = Du öppnar och stänger för hand, valsedlar syns direkt och deltagandet visas.
new-practice = Ett övningsval
new-practice-note = Allt är ifyllt. Det avgör ingenting, och säger det till alla.
new-copy = En kopia av ett tidigare val
new-copy-of = Vilket
new-copy-note = Titlar, frågor, klasser och regler; inte de röstberättigade, och inga nycklar.
new-file = En mallfil
new-file-note = Den sparades från ett annat val, här eller någon annanstans. Välj filen, eller klistra in dess innehåll.
new-file-choose = Fil
new-file-content = Filens innehåll
new-file-wrong = Det här är ingen mallfil: { $why }
new-do = Skapa valet
new-voters = Röstberättigade
new-issuer = Utfärdaren vid valexpeditionen
new-no-elections = Du har inget att kopiera.

## Vilka andra som får göra något
access-title = Behörighet
access-lead = Vilka som får arbeta med valet förutom du. Ingen här kan se en valsedel.
access-nobody = Ingen annan har behörighet.
access-role-owner = ägare
access-role-manager = valledare: förbereder, laddar upp listan, skickar inbjudningar, öppnar och stänger
access-role-operator = driftansvarig: ser läget och får ställa in
access-signed-in = { $count ->
    [one] inloggad i en webbläsare
   *[other] inloggad i { $count } webbläsare
}
access-link-waits = en inloggningslänk väntar, till { $until }
access-keys = { $count ->
    [one] har en API-nyckel
   *[other] har { $count } API-nycklar
}
access-remove = Ta bort behörigheten för { $name }
access-add = Ge någon behörighet
access-name = Namn
access-name-wrong = Ett namn har 1 till 100 tecken.
access-role = Vad personen får göra
access-do = Gör en inloggningslänk
access-made = Länken för { $name }
access-made-note = Den visas här en enda gång. Ge den bara till personen, på ett sätt som ingen annan läser. Den fungerar en gång, inom en vecka.
access-made-link = Inloggningslänk
accounts-title = Tjänstens personer och nycklar
accounts-lead = Som driftansvarig släpper du in och ut folk. Valen tillhör sina ägare.
accounts-owner = ägare: skapar val
accounts-operator = driftansvarig: sköter tjänsten
accounts-kind-key = API-nyckel
accounts-kind-link = inloggningslänk, inte använd än
accounts-revoke = Återkalla { $id }

## Vem som gjorde vad
audit-title = Händelselogg
audit-lead = Allt som har gjorts i valet, det nyaste först. Det tjänsten skriver är på engelska.
audit-time = Tid
audit-who = Vem
audit-key = Med vilken nyckel eller inloggning
audit-what = Vad
audit-download = Ladda ner för kalkylark (CSV)
wrong-reserved-slug = Kortnamnet behövs av tjänsten själv. Välj ett annat.
