# Čeština

number = { $count }
ballots = { $count ->
    [one] { $count } hlasovací lístek
    [few] { $count } hlasovací lístky
   *[other] { $count } hlasovacích lístků
}

## Kolem každé stránky
skip = K obsahu
languages = Jazyky
footer = Urna. Tato stránka ukazuje, co říká veřejný protokol; kdo jí nevěří, má protokol.

## Data
moment = { $day }. { $month } { $year } v { $time } { $zone }
month-1 = ledna
month-2 = února
month-3 = března
month-4 = dubna
month-5 = května
month-6 = června
month-7 = července
month-8 = srpna
month-9 = září
month-10 = října
month-11 = listopadu
month-12 = prosince

## Nástěnka
board-title = Volby
board-lead = Veřejná nástěnka { $board }: pro každé volby jeden protokol, do něhož se vše přidává a z něhož se nic neubírá.
board-empty = Zatím tu žádné volby nejsou.

## V jaké jsou volby fázi
phase-created = Připravují se
phase-announced = Zveřejněno; správci klíče se připravují
phase-rehearsed = Připraveno; hlasování ještě nezačalo
phase-voting = Hlasuje se
phase-closed = Hlasování skončilo; lístky se otevírají
phase-tallied = Výsledek je zveřejněn
phase-certified = Výsledek je potvrzen
phase-cancelled = Zrušeno bez výsledku
trial = Zkušební volby
trial-note = Tyto volby o ničem nerozhodují.
schedule-manual = Hlasování se zahajuje a ukončuje ručně.
schedule-times = Hlasuje se od { $opens } do { $closes }.
turnout-of = { $cast ->
    [one] z { $entitled } má na nástěnce lístek
    [few] z { $entitled } mají na nástěnce lístek
   *[other] z { $entitled } má na nástěnce lístek
}
turnout-withheld = Kolik lidí hlasovalo, není do konce hlasování veřejné.

## Výsledek
result = Výsledek
not-certified = Zatím není potvrzen.
option = Možnost
votes = Hlasy
share = Podíl
elected = zvolen(a)
tied = rovnost hlasů
by-district = Hlasy podle obvodů
other-ballots = Lístky: { $blank } prázdných, { $abstain } se zdrželo, { $void } neplatných v této otázce, { $invalid } nečitelných.
tie = Rovnost hlasů o { $seats ->
    [one] poslední mandát
    [few] poslední { $seats } mandáty
   *[other] posledních { $seats } mandátů
}: { $options }.
counted-of = { $counted ->
    [one] Započítán je { $counted } lístek
    [few] Započítány jsou { $counted } lístky
   *[other] Započítáno je { $counted } lístků
}; { $entitled ->
    [one] oprávněn byl { $entitled } volič
    [few] oprávněni byli { $entitled } voliči
   *[other] oprávněno bylo { $entitled } voličů
}
gap-figures = Vydané tokeny: { $issued }. Voliči na nástěnce: { $seen }. Vrácené tokeny: { $returned }. Zatím nevysvětleno: { $gap }; to jsou lidé, kteří si token vyzvedli a nic s ním neudělali.
download-json = Výsledek jako JSON
download-csv = Výsledek pro tabulkový procesor (CSV)

## O čem se hlasuje
questions = O čem se rozhoduje
marks = { $max ->
    [one] Vyberte nejvýše jednu možnost.
    [few] Vyberte { $min } až { $max } možnosti.
   *[other] Vyberte { $min } až { $max } možností.
}
election-id = Identifikátor voleb
compare-id = Porovnejte jej s vývěskou a s tím, co ukazuje vaše obrazovka: zastupuje vše, co bylo při zveřejnění voleb pevně dáno.
ask-organiser = Volby pořádá: { $name }, { $contact }

## Kdo se účastní
trustees = Správci klíče
trustees-note = Lístky mohou společně otevřít kteříkoli { $threshold } z { $count }, méně jich to nedokáže.
issuers = Vydavatelé
issuers-note = Podepisují každé oprávněné osobě jeden hlasovací token a nevidí, čí je to pseudonym.
did-nothing = zatím nic
did-agree = souhlasí s tím, co je zveřejněno
did-rehearse = prokázal(a), že má klíč
did-agree-to-open = souhlasí s tím, co se otevře
did-open = otevřel(a)
did-post = uvedl, kdo si vzal token

## Ověření
verify = Ověřte si to
verify-note = Kdokoli může na vlastním počítači přečíst celý protokol, provést všechny kontroly a sečíst hlasy znovu:
log-size = { $count ->
    [one] Protokol má { $count } záznam.
    [few] Protokol má { $count } záznamy.
   *[other] Protokol má { $count } záznamů.
}
checkpoint-note = Jeho nejnovější kontrolní bod, podepsaný nástěnkou:
checkpoint = Kontrolní bod
log-key = Klíč protokolu
manifest = Vše, co bylo pevně dáno (definice voleb)

## Jak kdo hlasoval
how-who-voted = Jak kdo hlasoval
votes-lead = Každý započítaný lístek pod identifikátorem svého voliče. Čí identifikátor to je, ví jen ten volič.
identifier = Identifikátor
all-options = Všechny lístky
search = Hledat
found = { $found ->
    [one] Nalezen { $found } lístek
    [few] Nalezeny { $found } lístky
   *[other] Nalezeno { $found } lístků
} z { $counted }.
blank = prázdný
abstain = zdržel(a) se
invalid = nečitelný
pages = Stránky
previous = Zpět
next = Dál
page-of = Stránka { $page } z { $pages }

## Ověření v prohlížeči
verify-link = Ověřit v prohlížeči
verify-of = Ověření: { $title }
verify-title = Ověření voleb
verify-lead = Váš prohlížeč přečte celý veřejný protokol, provede všech sedmnáct kontrol a znovu sečte každý lístek. Pouze čte: nic o vás neodesílá.
verify-honest = Co vám to ukáže a co ne: program pochází z nástěnky { $board }, tedy právě z té, kterou kontroluje. Nástěnka, která by vás chtěla oklamat, by vám mohla dát jiný program. Silnější je totéž ověření na vlastním počítači, s programem, který máte odjinud:
verify-no-script = Tato stránka ověřuje pomocí JavaScriptu, ten je však vypnutý nebo se ho nepodařilo načíst. Příkaz uvedený výše udělá totéž a ještě víc.
verify-election = Identifikátor voleb, který znáte odjinud
verify-election-why = 64 číslic a písmen z vývěsky, z pozvánky nebo z potvrzení; na mezerách nezáleží. Nástěnka by vám mohla ukázat jiné volby, které jsou samy o sobě v pořádku, a rozliší je jen tento identifikátor. Proto zde není nic předvyplněno. Pole můžete nechat prázdné a porovnat nakonec.
verify-election-wrong = To není identifikátor voleb. Má 64 znaků: číslice a písmena od a do f.
verify-now = Ověřit
verify-stop = Zastavit
verify-stopped = Zastaveno. O volbách není nic známo.
stage-start = Načítá se program
stage-entries = Čte se protokol a kontroluje každý záznam
stage-issuance = Kontroluje se, kdo si vzal token
stage-openings = Znovu se otevírají započítané lístky
stage-blobs = Kontroluje se zbytek

## Jak ověření dopadlo
verdict-verified = Ověřeno
verdict-verified-note = Všechny kontroly prošly, záznam je úplný a jde o volby, jejichž identifikátor jste zadali. Zveřejněný výsledek je součtem právě těch lístků, které jsou v protokolu.
verdict-unanchored = Ověřeno až na identifikátor voleb
verdict-unanchored-note = Všechny kontroly prošly a záznam je úplný. Zveřejněný výsledek je součtem právě těch lístků, které jsou v protokolu.
verdict-so-far = Zatím je vše v pořádku
verdict-so-far-note = Prošlo vše, co se zatím dá zkontrolovat. Kde stojí „zatím ne“, bude kontrola možná po skončení hlasování a zveřejnění výsledku.
verdict-cancelled = Vše v pořádku; volby byly zrušeny
verdict-cancelled-note = Prošlo vše, co se u nich dá zkontrolovat. Výsledek nemají a jejich lístky nikdo neotevře.
verdict-erased = Vše, co tu ještě je, je v pořádku
verdict-erased-note = Prošlo vše, co se ještě dá zkontrolovat. Zbytek byl vymazán, jak pravidla dovolují; kdy, to říká protokol.
verdict-failed = Neověřeno
verdict-failed-note = Některá kontrola neprošla, takže tento záznam svůj výsledek nedokazuje. Která to je a proč, stojí níže. Oznamte to pořadateli a nechte ověřit i někoho dalšího.
verdict-other = Jiné volby
verdict-other-note = Protokol na této nástěnce nepatří k volbám, jejichž identifikátor jste zadali. Nejprve zkontrolujte, zda v něm není překlep; pokud ne, oznamte to pořadateli.
verdict-unreadable = Nepodařilo se nic ověřit
verdict-unreadable-note = Protokol se nepodařilo přečíst do konce, takže o volbách není nic známo. Zkuste to později znovu; pokud to nepomůže, oznamte to pořadateli.
verdict-compare = Nyní porovnejte tento identifikátor voleb s tím, který znáte odjinud. Bez toho víte jen to, že nějaké volby jsou v pořádku.
verdict-election = Identifikátor voleb v tomto protokolu
verdict-size = Počet záznamů v protokolu
count-title = Nové sečtení
count-lead = Nejprve to, co sečetl váš prohlížeč, pak to, co je zveřejněno.
count-computed = Sečteno zde
count-published = Zveřejněno
count-same = shoduje se
count-differs = liší se
count-unpublished = zatím ne
count-figures = Celé volby
count-blank = prázdné
count-abstain = zdrželi se
count-void = neplatné v této otázce
count-invalid = nečitelné
count-counted = Započítané lístky
count-entitled = Oprávnění voliči
count-issued = Vydané tokeny
count-seen = Voliči na nástěnce
count-returned = Vrácené tokeny
count-gap = Zatím nevysvětleno

## Sedmnáct kontrol
checks = Sedmnáct kontrol
checks-lead = Když některá kontrola neprojde, nevyhodnotí se ty, které na ní stojí; všechny ostatní ano.
check-entry = u záznamu
status-passed = prošla
status-failed = neprošla
status-not-yet = zatím ne
status-not-applicable = netýká se
status-not-evaluated = nevyhodnocena
status-erased = vymazáno
check-name-1 = Podpis a kořen
check-what-1 = Nástěnka podepsala protokol v jeho nynější podobě a podpis zahrnuje každý jednotlivý záznam.
check-name-2 = Historie
check-what-2 = Protokol navazuje na to, co z něj někdo uchoval dříve. Zde nic dřívějšího zadáno není.
check-name-3 = Záznamy a fáze
check-what-3 = Každý záznam má svou jedinou přípustnou podobu a fáze voleb jdou po sobě ve správném pořadí.
check-name-4 = Identifikátor a pravidla
check-what-4 = Pokud jste zadali identifikátor voleb, patří těmto volbám. Jejich pravidla a klíče si neodporují.
check-name-5 = Volební klíč
check-what-5 = Správci vytvořili klíč společně a každý před hlasováním prokázal, že jeho část funguje.
check-name-6 = Seznam voličů
check-what-6 = Seznam oprávněných je úplný, nikdo v něm není dvakrát a měnil se jen tak, jak pravidla dovolují.
check-name-7 = Tokeny
check-what-7 = Každý lístek nese platný token od každého vydavatele; ten dostanou jen oprávnění.
check-name-8 = Důkazy lístků
check-what-8 = Každý lístek vytvořil držitel jeho pseudonymu a žádný není opsán z jiného.
check-name-9 = Každý jeden hlas
check-what-9 = Z každého pseudonymu se počítá poslední lístek, a jen ten.
check-name-10 = Vydané tokeny
check-what-10 = Vydavatelé doložili každý token a voličů není víc než tokenů.
check-name-11 = Doba hlasování
check-what-11 = Žádný lístek nebyl přidán před zahájením hlasování ani po jeho skončení.
check-name-12 = Otevření
check-what-12 = Dost správců se shodlo na stejném protokolu a otevřelo právě započítané lístky, i s důkazem.
check-name-13 = Otevřené lístky
check-what-13 = To, co správci otevřeli, je správně složeno a dává volbu každého započítaného lístku.
check-name-14 = Sečtení
check-what-14 = Znovu sečtené lístky dávají zveřejněný výsledek v každém údaji.
check-name-15 = Potvrzení
check-what-15 = Potvrzení a přísliby voličů jsou dodrženy. Tato stránka žádné nedostává; vaše vlastní kontroluje stránka pro hlasování.
check-name-16 = Přílohy
check-what-16 = Každý soubor, který protokol uvádí, je k dispozici a je to přesně ten uvedený.
check-name-17 = Podpisy
check-what-17 = Autorita voleb, vydavatelé a správci podepsali každý svůj záznam, po pořádku a v době, kdy směli.
