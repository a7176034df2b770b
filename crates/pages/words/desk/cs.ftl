# Pracovní stůl, česky

## Kolem jeho stránek
desk-title = Volební kancelář
desk-footer = Vše, co se zde udělá, se zapisuje s časem a jménem. Hlasovací lístky odsud nikdo nevidí.
desk-elections = Volby
desk-parts = Části těchto voleb
desk-at-overview = Přehled
desk-at-making = Příprava
desk-at-voters = Voliči
desk-at-invitations = Pozvánky
desk-at-access = Přístup
desk-at-audit = Záznam úkonů

## Přihlášení
sign-in-title = Přihlásit se
sign-in-lead = Otevřete přihlašovací odkaz, který jste dostali, nebo ho sem vložte.
sign-in-secret = Přihlašovací odkaz nebo klíč API
sign-in-ready = Váš odkaz je připraven. Funguje jednou: od té chvíle je přihlášen tento prohlížeč.
sign-in-do = Přihlásit se
sign-in-note = V tomto prohlížeči zůstanete přihlášeni třicet dní. Heslo neexistuje: nové odkazy vytváří správce služby nebo vlastník voleb.
sign-in-again = Už jsem přihlášen(a): přejít k volbám
sign-in-no-session = Nejste zde přihlášeni nebo vaše přihlášení skončilo. Nic se nezměnilo. Pokračujte otevřením přihlašovacího odkazu.
sign-in-no-link = Tento odkaz použít nelze: je možná starší než týden nebo už byl použit. Požádejte o nový.
sign-in-signed-out = Jste odhlášeni.

## Účet
account-title = Váš účet
account-sessions = Kde jste přihlášeni
account-since = od { $since } do { $until }
account-own = Tento prohlížeč
account-other = Jiný prohlížeč
account-sign-out = Odhlásit se
account-everywhere = Odhlásit se všude
account-everywhere-note = Udělejte to, pokud se ztratilo zařízení nebo některé z nich neznáte. K návratu potřebujete přihlašovací odkaz.

## Volby
desk-none = Zatím tu nemáte žádné volby.
desk-new = Nové volby

## Proč se něco nestalo
wrong-title = Nebylo provedeno
wrong-nothing-changed = Nic se nezměnilo.
wrong-details = Co říká služba (anglicky)
wrong-back = Zpět
wrong-role = Vaše role v těchto volbách to nedovoluje. Obraťte se na vlastníka voleb.
wrong-unknown-election = Takové volby tu nejsou, nebo se jich neúčastníte.
wrong-forged = Tento požadavek nepřišel ze stránky této služby, proto nebyl vykonán. Pokud jste neotevřeli podezřelý odkaz, otevřete stránku znovu a úkon zopakujte.
wrong-not-read = Odeslaná data nešlo přečíst.
wrong-edited-meanwhile = Od otevření stránky tyto volby změnil někdo jiný. Otevřete ji znovu: když se vrátíte zpět, najdete v prohlížeči, co jste napsali.
wrong-other-manifest = Volby se změnily poté, co jste je četli, takže byste schvalovali něco jiného. Přečtěte je znovu a pak schvalte.
wrong-approvals-missing = Ne všichni, kdo mají schvalovat, schválili přesně toto znění. Každá změna ruší dosavadní schválení.
wrong-not-confirmed = Napsaný krátký název není název těchto voleb.
wrong-slug-in-use = Volby s tímto krátkým názvem už existují. Zvolte jiný.
wrong-not-a-slug = Krátký název má 3 až 40 znaků: malá písmena bez diakritiky, číslice a spojovníky, například rada-2027.
wrong-already-published = Tyto volby jsou zveřejněny; co bylo stanoveno, už měnit nelze.
wrong-phase = V této fázi voleb to udělat nelze.
wrong-rehearsal = Hlasování nelze zahájit: ne všichni správci klíče souhlasili a provedli zkoušku. Nevyzkoušený klíč by mohl znemožnit výsledek.
wrong-draft = Volby ještě nejsou úplné. Co chybí, najdete na stránce přípravy.
wrong-register = Seznam voličů obsahuje chyby, nic z něj nebylo převzato.
wrong-no-test-mail = Nejprve si pošlete zkušební e-mail přesně s tímto zněním a přečtěte si ho.
wrong-already-sending = E-maily těchto voleb se již odesílají.
wrong-already-issued = Tento člověk už s pozvánkou převzal právo hlasovat, takže ji nelze poslat znovu: druhá by znamenala druhý hlas.
wrong-mail = E-mail nešlo odeslat. Dopisy jsou možné vždy.
wrong-unreachable = Jiná část služby právě neodpovídá. Co začalo, pokračuje samo; podívejte se za chvíli.
wrong-board-refused = Veřejná nástěnka to podle pravidel voleb odmítla.
wrong-other = Služba to nemohla provést.

## V jaké fázi volby jsou
desk-phase-draft = Návrh
desk-phase-planned = Připravuje se: účastníci jsou určeni
desk-phase-publishing = Zveřejňuje se

## Co bude dál
run-next = Co bude dál
run-nothing-next = Na nic se nečeká.
who-you = Vy
who-owner = Vlastník voleb, { $name }
who-approver = { $name }
who-issuer = Vydavatel { $name }
who-trustee = Správce klíče { $name }
who-board = Veřejná nástěnka
who-clock = Samočinně podle hodin
step-fix-plan = dokončit přípravu a určit, kdo se účastní
step-issuer-keys = vytvoří své klíče (samo, do minuty)
step-ceremony-package = udělá další krok klíčového obřadu na stránce správce
step-election-key = předat klíč jediného správce
step-mend-draft = opravit, co v přípravě chybí
step-approve = přečíst volby a schválit je
step-publish = zveřejnit volby
step-board = přijímá odeslané, nebo právě neodpovídá
step-agree = vysloví souhlas se zveřejněnými volbami
step-rehearse = provede zkoušku: ukáže, že klíč funguje
step-register = nahrát seznam voličů
step-open = zahájit hlasování
step-close = ukončit hlasování
step-post-issuance = zveřejní, kdo převzal právo hlasovat (samo)
step-agree-to-open = zkontroluje ukončené hlasování a souhlasí s otevřením
step-open-ballots = otevře hlasovací lístky
step-tally = zveřejnit výsledek
step-certify = potvrdit výsledek
run-to-making = K přípravě
run-to-check = Zkontrolovat, schválit a zveřejnit
run-to-voters = K seznamu voličů
run-to-trustees = Odkazy správců klíče

## Hlasování
run-times = Hlasuje se od { $opens } do { $closes }, samočinně.
run-by-hand = Hlasování zahájíte a ukončíte sami na této stránce.
run-entitled = { $count ->
    [one] Na seznamu voličů je { $count } člověk
    [few] Na seznamu voličů jsou { $count } lidé
   *[other] Na seznamu voličů je { $count } lidí
}
run-unsent = { $count ->
    [one] { $count } pozvánka ještě není odeslána
    [few] { $count } pozvánky ještě nejsou odeslány
   *[other] { $count } pozvánek ještě není odesláno
}
run-turnout = Účast
run-curve = Lístky na nástěnce v čase, od { $from } do { $to }
run-curve-note = Počet lidí, jejichž lístek je na nástěnce; nikdy pro co. Zjišťuje se každých dvacet sekund.
run-rehearsed-all = Všichni správci souhlasili a provedli zkoušku: výsledek půjde otevřít.
run-blocked = Hlasování nelze zahájit, dokud všichni výše uvedení neudělají svůj díl.
run-open-title = Zahájit hlasování
run-open-note = Od této chvíle může hlasovat každý, kdo má pozvánku. Nelze to vzít zpět.
run-close-title = Ukončit hlasování
run-close-note = Od této chvíle nikdo nemůže hlasovat a hlasování nelze znovu zahájit.
run-cancel-title = Zrušit tyto volby
run-cancel-note = Skončí navždy bez výsledku a lístky nikdo nikdy neotevře. Důvod si může každý přečíst na veřejné nástěnce.
run-reason = Důvod
run-confirm = Pro potvrzení napište krátký název voleb: { $slug }

## Závěr
run-tally-title = Zveřejnit výsledek
run-tally-note = Služba přečte celý veřejný záznam, zkontroluje ho, sečte hlasy a zveřejní výsledek. Při mnoha lístcích to trvá asi minutu.
run-certify-title = Potvrdit výsledek
run-certify-note = Až uplyne lhůta pro stížnosti: tím volby končí a výsledek je konečný.
run-no-result-yet = Před otevřením lístků po skončení hlasování žádný výsledek neexistuje, ani zde.
run-publicly = Co vidí všichni
run-board-page = Veřejná nástěnka těchto voleb
run-vote-page = Kde voliči hlasují
run-preset = Uložit jako předlohu
run-preset-note = Názvy, otázky, třídy a pravidla těchto voleb jako začátek jiných; nejsou v ní voliči ani klíče.
said-opened = Hotovo. Hlasovat teď může každý, kdo má pozvánku.
said-closed = Hotovo. Hlasovat už nikdo nemůže. Až správci otevřou lístky, zveřejníte zde výsledek.
said-cancelled = Hotovo. Důvod si může každý přečíst na veřejné nástěnce.
said-tallied = Hotovo. Výsledek si může každý přečíst na veřejné nástěnce a přepočítat.
said-certified = Hotovo. Volby skončily.
said-made = Volby jsou založeny. Teď je připravte: projděte seznam, v libovolném pořadí a kolikrát chcete.
said-removed = Přístup je odebrán ve všech prohlížečích.
result-page = Výsledek na stránce k tisku
result-text = Výsledek jako text
result-of = Výsledek: { $title }
result-election-id = Identifikátor voleb { $id }
result-signatures = Podpisy
result-signature = Jméno, funkce, datum, podpis
result-print-note = Stránku vytiskněte prohlížečem. Stejný součet si z veřejné nástěnky může udělat každý.

## Nové volby
new-title = Nové volby
new-slug = Krátký název
new-slug-note = Stojí ve všech adresách a nelze ho změnit: 3 až 40 malých písmen bez diakritiky, číslic a spojovníků, například rada-2027.
new-from = Začít od
new-council = Volby trvající několik dní
new-council-note = Voliči mohou až do konce hlasovat znovu i vzít hlas zpět.
new-committee = Jediný konečný lístek
new-committee-note = Co je odevzdáno, platí: bez druhého hlasu.
new-meeting = Hlasování na schůzi
new-meeting-note = Zahajujete a ukončujete ručně, lístky se objeví hned a účast se ukazuje.
new-practice = Cvičné volby
new-practice-note = Vše je vyplněno. O ničem nerozhoduje a každému to říká.
new-copy = Kopie dřívějších voleb
new-copy-of = Kterých
new-copy-note = Názvy, otázky, třídy a pravidla; ne voliči ani klíče.
new-file = Soubor s předlohou
new-file-note = Uložený z jiných voleb, zde nebo jinde. Vyberte soubor nebo vložte jeho obsah.
new-file-choose = Soubor
new-file-content = Obsah souboru
new-file-wrong = Toto není soubor s předlohou: { $why }
new-do = Založit volby
new-voters = Voliči
new-issuer = Vydavatel u volební kanceláře
new-no-elections = Nemáte žádné ke zkopírování.

## Kdo další smí něco dělat
access-title = Přístup
access-lead = Kdo kromě vás smí s těmito volbami pracovat. Lístky odsud nikdo nevidí.
access-nobody = Nikdo další přístup nemá.
access-role-owner = vlastník
access-role-manager = správce voleb: připravuje, nahrává voliče, posílá pozvánky, zahajuje a ukončuje
access-role-operator = provozovatel: vidí stav a smí volby zrušit
access-signed-in = { $count ->
    [one] přihlášen v jednom prohlížeči
   *[other] přihlášen v { $count } prohlížečích
}
access-link-waits = čeká přihlašovací odkaz, do { $until }
access-keys = { $count ->
    [one] má klíč API
    [few] má { $count } klíče API
   *[other] má { $count } klíčů API
}
access-remove = Odebrat přístup: { $name }
access-add = Dát někomu přístup
access-name = Jméno
access-name-wrong = Jméno má 1 až 100 znaků.
access-role = Co tento člověk smí
access-do = Vytvořit přihlašovací odkaz
access-made = Odkaz pro: { $name }
access-made-note = Ukazuje se jen teď. Předejte ho jen tomuto člověku cestou, kterou jiní nečtou. Funguje jednou, do týdne.
access-made-link = Přihlašovací odkaz
accounts-title = Lidé a klíče této služby
accounts-lead = Jako provozovatel lidi pouštíte dovnitř a ven. Volby patří svým vlastníkům.
accounts-owner = vlastník: zakládá volby
accounts-operator = provozovatel: spravuje tuto službu
accounts-kind-key = klíč API
accounts-kind-link = přihlašovací odkaz, dosud nepoužitý
accounts-revoke = Zneplatnit { $id }

## Kdo co udělal
audit-title = Záznam úkonů
audit-lead = Vše, co se v těchto volbách udělalo, od nejnovějšího. Zápisy služby jsou anglicky.
audit-time = Čas
audit-who = Kdo
audit-key = Kterým klíčem či přihlášením
audit-what = Co
audit-download = Stáhnout pro tabulkový procesor (CSV)
wrong-reserved-slug = Tento krátký název potřebuje sama služba. Zvolte jiný.
