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
