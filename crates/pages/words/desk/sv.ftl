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
