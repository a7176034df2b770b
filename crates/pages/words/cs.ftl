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
