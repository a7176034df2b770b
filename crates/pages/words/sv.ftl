# Svenska

number = { $count }
ballots = { $count ->
    [one] { $count } valsedel
   *[other] { $count } valsedlar
}

## Runt varje sida
skip = Till innehållet
languages = Språk
footer = Urna. Sidan visar vad den offentliga loggen säger; den som tvivlar har loggen.

## Datum
moment = { $day } { $month } { $year } kl. { $time } { $zone }
month-1 = januari
month-2 = februari
month-3 = mars
month-4 = april
month-5 = maj
month-6 = juni
month-7 = juli
month-8 = augusti
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december

## Anslagstavlan
board-title = Val
board-lead = Den offentliga anslagstavlan { $board }: en logg för varje val, dit allt läggs till och varifrån ingenting tas bort.
board-empty = Här finns inget val ännu.

## Var ett val står
phase-created = Förbereds
phase-announced = Offentliggjort; nyckelförvaltarna gör sig redo
phase-rehearsed = Redo; röstningen har inte börjat
phase-voting = Röstning pågår
phase-closed = Röstningen är slut; valsedlarna öppnas
phase-tallied = Resultatet är offentligt
phase-certified = Resultatet är fastställt
phase-cancelled = Inställt, utan resultat
trial = Provval
trial-note = Det här valet avgör ingenting.
schedule-manual = Det öppnas och stängs för hand.
schedule-times = Röstning från { $opens } till { $closes }.
turnout-of = { $cast ->
    [one] av { $entitled } har en valsedel på tavlan
   *[other] av { $entitled } har en valsedel på tavlan
}
turnout-withheld = Hur många som har röstat är inte offentligt förrän röstningen är slut.

## Resultatet
result = Resultat
not-certified = Det är inte fastställt ännu.
option = Alternativ
votes = Röster
share = Andel
elected = vald
tied = lika röstetal
by-district = Röster per valkrets
other-ballots = Valsedlar: { $blank } blanka, { $abstain } som avstår, { $void } ogiltiga i denna fråga, { $invalid } oläsliga.
tie = Lika röstetal om { $seats ->
    [one] den sista platsen
   *[other] de sista { $seats } platserna
}: { $options }.
counted-of = { $counted ->
    [one] { $counted } valsedel är räknad
   *[other] { $counted } valsedlar är räknade
}; { $entitled ->
    [one] { $entitled } person var röstberättigad
   *[other] { $entitled } personer var röstberättigade
}
gap-figures = Utfärdade rösträttsbevis: { $issued }. Väljare på tavlan: { $seen }. Återlämnade bevis: { $returned }. Ännu oförklarade: { $gap }; det är personer som tog ett bevis och inte gjorde något med det.
download-json = Resultatet som JSON
download-csv = Resultatet för kalkylprogram (CSV)

## Vad man röstar om
questions = Vad som avgörs
marks = { $max ->
    [one] Välj högst ett alternativ.
   *[other] Välj från { $min } till { $max } alternativ.
}
election-id = Val-id
compare-id = Jämför det med anslaget och med vad din egen skärm visar: det står för allt som bestämdes när valet offentliggjordes.
ask-organiser = Valet hålls av: { $name }, { $contact }

## Vilka som deltar
trustees = Nyckelförvaltare
trustees-note = Vilka { $threshold } som helst av { $count } kan öppna valsedlarna tillsammans, men inte färre.
issuers = Utfärdare
issuers-note = De signerar ett rösträttsbevis för varje röstberättigad och ser inte vems pseudonym det är.
did-nothing = ingenting ännu
did-agree = samtyckte till det som är offentligt
did-rehearse = visade att nyckeln finns
did-agree-to-open = samtyckte till vad som öppnas
did-open = öppnade
did-post = sade vilka som tog ett bevis

## Kontroll
verify = Kontrollera själv
verify-note = Vem som helst kan läsa hela loggen, göra alla kontroller och räkna om, på sin egen dator:
log-size = { $count ->
    [one] Loggen har { $count } post.
   *[other] Loggen har { $count } poster.
}
checkpoint-note = Dess senaste kontrollpunkt, signerad av tavlan, är:
checkpoint = Kontrollpunkt
log-key = Loggens nyckel
manifest = Allt som bestämdes (valdefinition)

## Hur vem röstade
how-who-voted = Hur vem röstade
votes-lead = Varje räknad valsedel under sin väljares identifierare. Vems identifierare det är vet bara väljaren själv.
identifier = Identifierare
all-options = Alla valsedlar
search = Sök
found = { $found ->
    [one] { $found } valsedel hittad
   *[other] { $found } valsedlar hittade
}, av { $counted }.
blank = blank
abstain = avstår
invalid = oläslig
pages = Sidor
previous = Tillbaka
next = Vidare
page-of = Sida { $page } av { $pages }

## Kontroll i webbläsaren
verify-link = Kontrollera i webbläsaren
verify-of = Kontroll: { $title }
verify-title = Kontrollera valet
verify-lead = Din webbläsare läser hela den offentliga loggen, gör alla sjutton kontroller och räknar varje valsedel på nytt. Den läser bara: ingenting om dig skickas.
verify-honest = Vad detta kan visa, och vad det inte kan: programmet kommer från { $board }, just den anslagstavla som det kontrollerar. En tavla som ville lura dig kunde ge dig ett annat program. Starkare är samma kontroll på din egen dator, med ett program som du har fått någon annanstans ifrån:
verify-no-script = Sidan kontrollerar med JavaScript, som är avstängt eller inte kunde laddas. Kommandot ovan gör detsamma, och mer.
verify-election = Val-id som du känner till från annat håll
verify-election-why = 64 siffror och bokstäver från anslaget, din inbjudan eller ditt kvitto; mellanslag spelar ingen roll. En tavla kunde visa dig ett annat val som i sig är i sin ordning, och bara detta id skiljer dem åt. Därför är ingenting ifyllt här. Du kan lämna fältet tomt och jämföra efteråt.
verify-election-wrong = Det här är inget val-id. Det har 64 tecken: siffror och bokstäver från a till f.
verify-now = Kontrollera nu
verify-stop = Avbryt
verify-stopped = Avbrutet. Ingenting är känt om valet.
stage-start = Laddar programmet
stage-entries = Läser loggen och kontrollerar varje post
stage-issuance = Kontrollerar vilka som tog ett rösträttsbevis
stage-openings = Öppnar de räknade valsedlarna på nytt
stage-blobs = Kontrollerar det som är kvar

## Vad kontrollen kom fram till
verdict-verified = Allt stämmer
verdict-verified-note = Alla kontroller är godkända, handlingarna är kompletta, och det är valet vars id du angav. Det offentliga resultatet är summan av just de valsedlar som finns i loggen.
verdict-unanchored = Allt stämmer; val-id återstår
verdict-unanchored-note = Alla kontroller är godkända och handlingarna är kompletta. Det offentliga resultatet är summan av just de valsedlar som finns i loggen.
verdict-so-far = Hittills är allt i sin ordning
verdict-so-far-note = Allt som hittills går att kontrollera är godkänt. Det som är märkt ”ännu inte” kan kontrolleras när röstningen är slut och resultatet offentligt.
verdict-cancelled = Allt stämmer; valet ställdes in
verdict-cancelled-note = Allt som går att kontrollera är godkänt. Valet har inget resultat, och ingen öppnar dess valsedlar.
verdict-erased = Allt som finns kvar stämmer
verdict-erased-note = Allt som ännu går att kontrollera är godkänt. Resten har raderats som reglerna tillåter; loggen säger när.
verdict-failed = Inte godkänt
verdict-failed-note = En kontroll är underkänd, så handlingarna bevisar inte sitt resultat. Nedan står vilken och varför. Meddela arrangören och låt någon annan kontrollera också.
verdict-other = Ett annat val
verdict-other-note = Loggen på den här tavlan hör inte till valet vars id du angav. Leta först efter ett skrivfel; finns det inget, meddela arrangören.
verdict-unreadable = Ingenting kunde kontrolleras
verdict-unreadable-note = Loggen kunde inte läsas till slutet, så ingenting är känt om valet. Försök igen senare; hjälper det inte, meddela arrangören.
verdict-compare = Jämför nu detta val-id med det som du känner till från annat håll. Annars vet du bara att något val är i sin ordning.
verdict-election = Loggens val-id
verdict-size = Poster i loggen
count-title = Rösterna räknade på nytt
count-lead = Först det som din webbläsare räknade, sedan det som är offentligt.
count-computed = Räknat här
count-published = Offentligt
count-same = lika
count-differs = skiljer sig
count-unpublished = ännu inte
count-figures = Hela valet
count-blank = blanka
count-abstain = avstår
count-void = ogiltiga i denna fråga
count-invalid = oläsliga
count-counted = Räknade valsedlar
count-entitled = Röstberättigade
count-issued = Utfärdade rösträttsbevis
count-seen = Väljare på tavlan
count-returned = Återlämnade bevis
count-gap = Ännu oförklarade

## De sjutton kontrollerna
checks = De sjutton kontrollerna
checks-lead = Om en kontroll underkänns prövas inte de som bygger på den; alla andra prövas.
check-entry = vid post
status-passed = godkänd
status-failed = underkänd
status-not-yet = ännu inte
status-not-applicable = inte tillämplig
status-not-evaluated = inte prövad
status-erased = raderad
check-name-1 = Signatur och rot
check-what-1 = Tavlan har signerat loggen som den är nu, och signaturen omfattar varenda post.
check-name-2 = Historia
check-what-2 = Loggen fortsätter det som någon har sparat av den tidigare. Här är inget tidigare angivet.
check-name-3 = Poster och faser
check-what-3 = Varje post har sin enda tillåtna form, och valets faser följer på varandra i rätt ordning.
check-name-4 = Val-id och regler
check-what-4 = Om du angav ett val-id är det detta vals. Reglerna och nycklarna motsäger inte varandra.
check-name-5 = Valnyckel
check-what-5 = Nyckelförvaltarna gjorde nyckeln tillsammans, och var och en visade före röstningen att den egna delen fungerar.
check-name-6 = Röstlängd
check-what-6 = Listan över röstberättigade är komplett, har ingen två gånger och har ändrats bara som reglerna tillåter.
check-name-7 = Rösträttsbevis
check-what-7 = Varje valsedel har ett giltigt bevis från varje utfärdare: bara röstberättigade får ett.
check-name-8 = Valsedlarnas bevis
check-what-8 = Varje valsedel är gjord av den som har dess pseudonym, och ingen är kopierad från en annan.
check-name-9 = En röst var
check-what-9 = Av varje pseudonym räknas den sista valsedeln, och bara den.
check-name-10 = Utfärdade bevis
check-what-10 = Utfärdarna redovisar varje rösträttsbevis, och väljarna är inte fler än bevisen.
check-name-11 = Tid för röstningen
check-what-11 = Ingen valsedel lades till innan röstningen öppnades eller efter att den stängdes.
check-name-12 = Öppning
check-what-12 = Tillräckligt många nyckelförvaltare var överens om samma logg och öppnade just de räknade valsedlarna, med bevis.
check-name-13 = Öppnade valsedlar
check-what-13 = Det som förvaltarna öppnade är rätt sammansatt och ger valet på varje räknad valsedel.
check-name-14 = Rösträkning
check-what-14 = Valsedlarna, räknade på nytt, ger det offentliga resultatet i varje siffra.
check-name-15 = Kvitton
check-what-15 = Väljares kvitton och löften är hållna. Den här sidan får inga; dina egna kontrolleras på sidan där du röstar.
check-name-16 = Bilagor
check-what-16 = Varje fil som loggen nämner finns, och är precis den som nämns.
check-name-17 = Signaturer
check-what-17 = Valmyndigheten, utfärdarna och nyckelförvaltarna har signerat var och en av sina poster, i ordning och när de fick.
