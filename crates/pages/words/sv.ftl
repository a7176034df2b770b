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
