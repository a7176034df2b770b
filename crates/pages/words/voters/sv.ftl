# Expeditionen: väljare, inbjudningar, att pröva valsedeln.

## Röstlängden
voters-title = Väljare
voters-listed = { $count ->
    [0] Ingen står i röstlängden ännu.
    [one] { $count } person står i röstlängden.
   *[other] { $count } personer står i röstlängden.
}
voters-stage-draft = Tills valet är offentliggjort kan du ladda upp en ny lista så ofta du vill. Inget av den är offentligt.
voters-stage-public = Valet är offentliggjort. Varje ändring av vem som får rösta, och i vilken klass, ger en ny version av röstlängden på den offentliga tavlan: alla ser hur många som lagts till, tagits bort och flyttats, och när; ingen ser namn.
voters-stage-ended = Röstningen är slut, så ingen kan längre läggas till, tas bort eller flyttas.
voters-no-list = Det finns ingen lista här att granska: den är redan inläst, eller gavs för mer än en timme sedan. Lämna den igen.
voters-classes = Väljarklasser
voters-class = Klass
voters-district = Valkrets
voters-people = Personer
voters-list = Listan
voters-search = Namn, id eller e-post
voters-found = { $count ->
    [0] Ingen hittades.
    [one] { $count } person hittades.
   *[other] { $count } personer hittades.
}
voters-name = Namn
voters-given-name = Förnamn
voters-family-name = Efternamn
voters-person = Person-id
voters-email = E-post
voters-email-optional = E-post (om det finns; annars går inbjudan som brev)
voters-no-email = ingen
voters-invitation = Inbjudan
voters-invited-none = inte gjord ännu
voters-invited-unsent = inte skickad ännu
voters-invited-sent = skickad
voters-invited-erased = på papper, eller glömd

## Att lämna en lista
voters-upload = Lämna röstlängden
voters-upload-again = Lämna en annan lista
voters-upload-note = Spara kalkylbladet som CSV (UTF-8) och välj filen här, eller kopiera cellerna och klistra in dem. Du ser först vad som skulle ändras; inget läses in förrän du säger till.
voters-upload-replaces = Den nya listan ersätter denna helt: den som saknas i den tas bort.
voters-file = Fil (CSV eller JSON)
voters-text = Eller klistra in listan här, med raden som namnger kolumnerna
voters-look = Se vad som skulle ändras
voters-columns = Vad kolumnerna får heta
voters-columns-note = Första raden namnger kolumnerna, i valfri ordning, på engelska, tjeckiska, svenska eller ukrainska; stora och små bokstäver, mellanslag och bindestreck spelar ingen roll. Andra kolumner läses inte. Klassen behövs där det finns flera, med sitt id eller sin titel; valkretsen kan stå i dess ställe.
voters-names-person = person-id, användare, användarnamn, studentnummer, medlemsnummer, id
voters-names-name = namn, fullständigt namn; eller förnamn och efternamn
voters-names-email = e-post, e-postadress, mejl
voters-names-class = klass, kategori, grupp
voters-names-district = valkrets, distrikt, fakultet
voters-json = I JSON är det en lista av objekt med dessa namn.
voters-template = Ladda ner en mall
voters-template-person = person-id
voters-template-name = namn
voters-template-email = e-post
voters-template-class = klass
voters-template-sample = Exempel Person
voters-nothing-given = Välj en fil, eller klistra in listan.

## En titt innan den läses in
voters-look-title = Titta innan du läser in listan
voters-look-good = Listan kan läsas in som den är. Inget har ändrats ännu.
voters-look-same = Samma personer är i samma klasser som förut.
voters-now = Nu
voters-then = Med denna lista
voters-would-add = { $count ->
    [one] { $count } person skulle läggas till
   *[other] { $count } personer skulle läggas till
}
voters-would-remove = { $count ->
    [one] { $count } person skulle tas bort
   *[other] { $count } personer skulle tas bort
}
voters-would-move = { $count ->
    [one] { $count } person skulle vara i en annan klass
   *[other] { $count } personer skulle vara i en annan klass
}
voters-would-rename = { $count ->
    [one] { $count } person skulle få ett annat namn eller en annan adress, vilket inte är offentligt.
   *[other] { $count } personer skulle få ett annat namn eller en annan adress, vilket inte är offentligt.
}
voters-merged = { $count ->
    [one] { $count } rad upprepar någon som redan står där: en person är en väljare.
   *[other] { $count } rader upprepar någon som redan står där: en person är en väljare.
}
voters-more = { $count ->
    [one] … och { $count } till.
   *[other] … och { $count } till.
}
voters-notices = { $count ->
    [one] { $count } sak att titta på
   *[other] { $count } saker att titta på
}
voters-notice = Vad du bör titta på
voters-notice-merged = { $person } står också på rad { $line } och är en väljare, i klassen { $class }.
voters-notice-shared = Personen på rad { $line } har samma e-postadress: den som läser den får båda inbjudningarna.
voters-notice-not-read = Kolumnen ”{ $column }” läses inte.
voters-take = Läs in denna lista
voters-take-note = Den ersätter den som finns. Den är inte offentlig, och kan ersättas igen tills valet är offentliggjort.
voters-take-public = En ny version av röstlängden blir genast och för alltid offentlig: hur många som är röstberättigade i varje klass, en rad utan namn för var och en, orsaken, och därmed hur många som lagts till, tagits bort och flyttats. Den som läggs till får en inbjudan, som du sedan skickar. Den som redan har hämtat sin rösträtt behåller den: en lagd röst kan inte hittas och tas ut.
voters-cause = Orsak, som är offentlig
voters-cause-manual = Ändrad för hand
voters-cause-nightly = Omräknad ur våra register
voters-take-do = Läs in listan
voters-leave = Lämna allt som det är

## Felaktiga rader
voters-bad-title = Denna lista kan inte läsas in ännu
voters-bad-found = { $count ->
    [one] { $count } fel hittades.
   *[other] { $count } fel hittades.
}
voters-bad-nothing-taken = Inget har lästs in, inte heller de riktiga raderna.
voters-bad-mend = Rätta raderna i din egen lista och lämna hela listan igen. Nedladdningen har samma rader för ett kalkylprogram, med vad som är fel.
voters-bad-download = Ladda ner de felaktiga raderna (CSV)
voters-bad-again = Lämna listan igen
voters-bad-what = Vad som är fel
voters-bad-first = Bara de första tusen visas.
voters-line = Rad
voters-row = Raden
voters-bad-utf-16 = Filen är UTF-16: spara den som ”CSV UTF-8”.
voters-bad-not-utf-8 = Detta är inte UTF-8 (det kan vara Windows-1252 eller Latin-1): spara filen som ”CSV UTF-8”.
voters-bad-empty = Listan är tom: första raden måste namnge kolumnerna.
voters-bad-nobody = Ingen står i listan.
voters-bad-column-missing = Första raden namnger ingen kolumn för: { $column }. Kalla den som sidan om väljare säger.
voters-bad-column-twice = Två kolumner betyder samma sak: { $column }. Ta bort eller byt namn på en.
voters-bad-fields = Raden har { $found } fält, medan första raden namnger { $expected } kolumner. Sätt fält med skiljetecken inom citattecken.
voters-bad-syntax = Detta går inte att läsa: { $what }
voters-bad-no-person = Person-id saknas.
voters-bad-no-name = Namnet saknas.
voters-bad-no-class = Varken klass eller valkrets är angiven.
voters-bad-unknown-class = ”{ $found }” är ingen av valets klasser, varken som id eller titel, och ingen av dess valkretsar.
voters-bad-unknown-district = ”{ $found }” är ingen av valets valkretsar.
voters-bad-class-not-in-district = Klassen ”{ $class }” hör inte till valkretsen ”{ $district }”.
voters-bad-several-classes = Detta kan vara vilken som helst av klasserna { $classes }: ange en med dess id.
voters-bad-not-an-address = ”{ $found }” är ingen e-postadress.
voters-bad-too-long = För långt: { $column } har { $length } byte, högst { $limit } får plats. Om det inte är så långt saknas ett avslutande citattecken.
voters-bad-control-character = { $column }: det finns en radbrytning eller ett styrtecken i fältet.
voters-bad-other-name = { $person } har ett annat namn på rad { $line }: ge två personer två id, eller en person ett namn.

## En person
voters-add = Någon har glömts bort
voters-add-note = Lägg till en person i listan.
voters-add-public = Lägg till en person. En ny version av röstlängden blir offentlig, med en rad till, utan namn, och ”ändrad för hand” som orsak. Skicka sedan inbjudan.
voters-add-do = Lägg till personen
voters-add-listed = Personen står redan i listan.
voters-nothing-of-the-vote = Om och hur någon har röstat vet man inte här.
voters-replaced = { $count ->
    [one] (ersatt en gång)
   *[other] (ersatt { $count } gånger)
}
voters-resend = Inbjudan
voters-resend-unsent = Inbjudan har inte skickats ännu. Den skickas som den är.
voters-resend-replaces = Länken som skickades sparas inte här, så en ny görs: den gamla öppnar inget mer, och en ny version av röstlängden visar för alla att en behörighet har ersatts, utan namn. Det nekas om någon har hämtat rösträtten med den gamla länken: en andra vore en andra röst.
voters-resend-letter = Det finns ingen e-postadress, så inget mejlas: den nya länken finns bland breven.
voters-resend-do = Skicka inbjudan
voters-move = En annan klass
voters-move-public = En ny version av röstlängden blir offentlig, där en rad är i en annan klass. Den som har hämtat rösträtten i den gamla klassen behåller den.
voters-move-do = Flytta
voters-remove = Ta bort från listan
voters-remove-note = Listan är inte offentlig ännu, så ingen får veta det.
voters-remove-public = En ny version av röstlängden blir offentlig, med en rad mindre. Den som redan har hämtat sin rösträtt behåller den: en lagd röst kan inte hittas och tas ut. Den som kommer tillbaka senare får ingen andra röst.
voters-remove-confirm = Skriv valets kortnamn, { $slug }, för att bekräfta
voters-remove-do = Ta bort

## Vad som gjorts
voters-done-loaded = Listan är inläst.
voters-done-added = Personen är tillagd.
voters-done-removed = Personen är borttagen.
voters-done-moved = Personen är flyttad.
voters-done-resent = Inbjudan är skickad.
voters-done-for-letter = Inbjudan är klar, men mejlades inte: den finns bland breven på sidan om inbjudningar.
wrong-unknown-person = Ingen i röstlängden har detta id.
wrong-list-changed = Röstlängden har ändrats sedan du granskade din lista, så ändringen skulle bli en annan. Granska igen och läs sedan in den.

## Inbjudningar
mail-title = Inbjudningar
mail-lead = Varje väljare får en länk som bara är väljarens egen. När ett mejl är skickat sparas länken ingenstans här: inte ens du kan se den.
mail-not-made-here = I detta val skapas behörigheterna av väljarnas egna enheter eller av någon annan, så denna tjänst har inga inbjudningar att skicka.
mail-ended = Röstningen är slut: inga inbjudningar skickas längre, och de som inte skickades är glömda.
mail-too-early = Inbjudningarna görs när valet är offentliggjort och röstlängden finns på den offentliga tavlan. Till dess kan du läsa här vad de kommer att säga.
mail-count-sent = { $count ->
    [one] { $count } inbjudan är skickad.
   *[other] { $count } inbjudningar är skickade.
}
mail-count-unsent = { $count ->
    [one] { $count } är det inte.
   *[other] { $count } är det inte.
}
mail-count-without-address = { $count ->
    [one] Av dessa är { $count } till någon utan e-postadress: skriv ut ett brev.
   *[other] Av dessa är { $count } till personer utan e-postadress: skriv ut brev.
}
mail-count-erased = { $count ->
    [one] { $count } är på papper, eller glömd.
   *[other] { $count } är på papper, eller glömda.
}
mail-says = Vad mejlen säger
mail-says-draft = Med ett exempelnamn och en länk som inte öppnar något. Orden ändrar du i förberedelsen.
mail-says-fixed = Med ett exempelnamn och en länk som inte öppnar något. Orden är fasta sedan offentliggörandet.
mail-invitation = Inbjudan
mail-reminder = Påminnelse
mail-test = Först ett testmejl
mail-test-note = Skicka ett till dig själv och läs det som en väljare. Länken öppnar inget. Inbjudningar kan bara skickas med ord som har testats.
mail-tested = Ett testmejl har skickats med dessa ord.
mail-test-to = Till denna adress
mail-test-do = Skicka ett testmejl
mail-not-an-address = Detta är ingen e-postadress.
mail-refused = E-postservern tog inte emot mejlet. Den säger:
mail-done-tested = Testmejlet är skickat. Läs det innan du går vidare.
mail-done-erased = De osända inbjudningarna är glömda.
mail-send = Sedan skicka
mail-first-test = Skicka först ett testmejl. Sedan finns knappen här.
mail-send-note = Varje inbjudan som inte är skickad går till sin väljare. Den som har en får ingen till.
mail-send-do = { $count ->
    [one] Skicka { $count } inbjudan
   *[other] Skicka { $count } inbjudningar
}
mail-remind-do = Påminn dem som inte har börjat
mail-remind-note = En påminnelse går till alla som enligt utfärdarna ännu inte har hämtat sin rösträtt; den har ingen länk. Den som inte har fått inbjudan får den. Om någon har röstat vet ingen.
mail-progress = Mejl skickas
mail-progress-done = De senaste mejlen
mail-look-again = Titta igen
mail-sent = { $count ->
    [one] { $count } mejl skickat
   *[other] { $count } mejl skickade
}
mail-left = { $count ->
    [one] { $count } återstår
   *[other] { $count } återstår
}
mail-failed = { $count ->
    [one] { $count } mejl togs inte emot av e-postservern
   *[other] { $count } mejl togs inte emot av e-postservern
}
mail-without-address = { $count ->
    [one] { $count } person har ingen e-postadress
   *[other] { $count } personer har ingen e-postadress
}
mail-reasons = Mejl som inte togs emot
mail-reason = Vad e-postservern säger
mail-failed-note = Dessa inbjudningar är osända och kan skickas igen eller skrivas ut. Rätta en adress genom att lämna röstlängden igen.
mail-is-sending = Mejl i detta val skickas just nu. Du kan stänga sidan: det fortsätter av sig självt.
mail-no-server = Den som driver tjänsten har inte angett någon e-postserver, så inga mejl kan skickas härifrån. Brev går alltid.
mail-one = En persons inbjudan
mail-one-note = Har någon tappat bort länken, eller bytt adress? Sök upp personen och skicka inbjudan igen därifrån.
mail-letters = Brev
mail-letters-none = Det finns inget att skriva ut: alla inbjudningar är skickade eller glömda.
mail-letters-note = En fil (CSV) med namn, adress, klass och länk för alla vars inbjudan inte är skickad, för kopplad utskrift.
mail-letters-warning = Den som har filen kan rösta i stället för alla som står i den. Skriv ut den, försegla breven inför ett vittne och radera filen, även ur papperskorgen. Att du laddat ner den antecknas.
mail-letters-do = { $count ->
    [one] Ladda ner { $count } brev
   *[other] Ladda ner { $count } brev
}
mail-erase = När breven är utskrivna
mail-erase-note = Låt tjänsten glömma de inbjudningar som inte är skickade, så att ingen längre kan läsa dem här. Den som sedan tappar bort ett brev behöver en ny inbjudan, vilket alla ser som ett utbyte, utan namn. Detta kan inte ångras.
mail-erase-do = { $count ->
    [one] Glöm { $count } inbjudan
   *[other] Glöm { $count } inbjudningar
}
wrong-no-secrets = I detta val skapas behörigheterna av väljarnas egna enheter eller av någon annan: det finns ingen inbjudan att skicka.

## Att pröva valsedeln
preview-title = Förhandsvisning
preview-note = Så här ser väljarna det. Markera vad du vill: inget skickas och inget räknas.
preview-back = Tillbaka till förberedelsen
preview-class = Som väljare i klassen
preview-show = Visa
preview-missing = { $count ->
    [one] { $count } sak saknas innan valet kan offentliggöras
   *[other] { $count } saker saknas innan valet kan offentliggöras
}
preview-nothing = Det finns ingen valsedel ännu
preview-nothing-note = Denna klass röstar inte om något ännu: den behöver en fråga som har alternativ.
preview-cast = Detta var en förhandsvisning
preview-cast-note = Inget skickades. En väljares valsedel skulle nu krypteras i webbläsaren och läggas med dessa val:
preview-again = Markera igen
preview-footer = En sida i valexpeditionen. Väljarna får valsedeln bara via sin personliga länk.
voters-print = Lista att skriva ut
voters-print-note = Alla som just nu är röstberättigade, efter klass. Webbläsaren skriver ut den på papper eller som PDF. Den innehåller namn: den är inte offentlig.
preview-try = Pröva valsedeln
preview-try-about = Se och markera det som väljarna i varje klass får. Inget skickas.
mail-all-sent = Alla inbjudningar som kan mejlas är skickade.
voters-reason = Skäl, till händelseloggen. Nämn ingen vid namn: där sparas bara hur många det gällde.
