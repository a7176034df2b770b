# Pracovní stůl: voliči, pozvánky, zkouška lístku.

## Seznam voličů
voters-title = Voliči
voters-listed = { $count ->
    [0] V seznamu voličů zatím nikdo není.
    [one] V seznamu voličů je { $count } osoba.
    [few] V seznamu voličů jsou { $count } osoby.
   *[other] V seznamu voličů je { $count } osob.
}
voters-stage-draft = Dokud volby nejsou vyhlášeny, můžete seznam nahrát znovu, kolikrát chcete. Nic z něj není veřejné.
voters-stage-public = Volby jsou vyhlášeny. Každá změna toho, kdo smí volit a v které třídě, vytvoří na veřejné desce novou verzi seznamu: každý vidí, kolik lidí přibylo, ubylo a změnilo třídu a kdy; jména nevidí nikdo.
voters-stage-ended = Hlasování skončilo, takže už nikoho nelze přidat, vyřadit ani přesunout.
voters-no-list = Není tu žádný seznam k prohlédnutí: už byl nahrán, nebo je tomu víc než hodina. Nahrajte ho znovu.
voters-classes = Třídy voličů
voters-class = Třída
voters-district = Obvod
voters-people = Osob
voters-list = Seznam
voters-search = Jméno, číslo nebo e-mail
voters-found = { $count ->
    [0] Nikdo nebyl nalezen.
    [one] Nalezena { $count } osoba.
    [few] Nalezeny { $count } osoby.
   *[other] Nalezeno { $count } osob.
}
voters-name = Jméno
voters-given-name = Křestní jméno
voters-family-name = Příjmení
voters-person = Číslo osoby
voters-email = E-mail
voters-email-optional = E-mail (je-li; jinak jde pozvánka dopisem)
voters-no-email = žádný
voters-invitation = Pozvánka
voters-invited-none = zatím nevznikla
voters-invited-unsent = zatím neodeslána
voters-invited-sent = odeslána
voters-invited-erased = na papíře, nebo zapomenuta

## Nahrání seznamu
voters-upload = Nahrát seznam voličů
voters-upload-again = Nahrát jiný seznam
voters-upload-note = Uložte tabulku jako CSV (UTF-8) a vyberte ji zde, nebo zkopírujte její buňky a vložte je. Nejdřív uvidíte, co by se změnilo; nic se nepřevezme, dokud to nepotvrdíte.
voters-upload-replaces = Nový seznam zcela nahradí stávající: kdo v něm chybí, bude vyřazen.
voters-file = Soubor (CSV nebo JSON)
voters-text = Nebo seznam vložte sem, i s řádkem, který pojmenovává sloupce
voters-look = Podívat se, co by se změnilo
voters-columns = Jak se sloupce mohou jmenovat
voters-columns-note = První řádek pojmenovává sloupce, v libovolném pořadí, anglicky, česky, švédsky nebo ukrajinsky; na velikosti písmen, mezerách a spojovnících nezáleží. Jiné sloupce se nečtou. Třída je nutná tam, kde je jich víc, svým označením nebo názvem; může ji nahradit obvod.
voters-names-person = osoba, osobní číslo, učo, číslo člena, uživatel, id
voters-names-name = jméno, celé jméno, jméno a příjmení; nebo křestní jméno a příjmení
voters-names-email = e-mail, e-mailová adresa
voters-names-class = třída, kategorie, skupina
voters-names-district = obvod, volební obvod, fakulta
voters-json = V JSON je to seznam objektů s těmito názvy.
voters-template = Stáhnout šablonu
voters-template-person = osobní číslo
voters-template-name = jméno
voters-template-email = e-mail
voters-template-class = třída
voters-template-sample = Vzorová Osoba
voters-nothing-given = Vyberte soubor, nebo seznam vložte.

## Prohlídka před převzetím
voters-look-title = Prohlédněte si seznam, než ho převezmete
voters-look-good = Seznam lze převzít tak, jak je. Zatím se nic nezměnilo.
voters-look-same = Tytéž osoby jsou v týchž třídách jako dosud.
voters-now = Nyní
voters-then = S tímto seznamem
voters-would-add = { $count ->
    [one] { $count } osoba by přibyla
    [few] { $count } osoby by přibyly
   *[other] { $count } osob by přibylo
}
voters-would-remove = { $count ->
    [one] { $count } osoba by byla vyřazena
    [few] { $count } osoby by byly vyřazeny
   *[other] { $count } osob by bylo vyřazeno
}
voters-would-move = { $count ->
    [one] { $count } osoba by byla v jiné třídě
    [few] { $count } osoby by byly v jiné třídě
   *[other] { $count } osob by bylo v jiné třídě
}
voters-would-rename = { $count ->
    [one] { $count } osoba by měla jiné jméno nebo adresu, což není veřejné.
    [few] { $count } osoby by měly jiné jméno nebo adresu, což není veřejné.
   *[other] { $count } osob by mělo jiné jméno nebo adresu, což není veřejné.
}
voters-merged = { $count ->
    [one] { $count } řádek opakuje někoho, kdo už v seznamu je: jedna osoba je jeden volič.
    [few] { $count } řádky opakují někoho, kdo už v seznamu je: jedna osoba je jeden volič.
   *[other] { $count } řádků opakuje někoho, kdo už v seznamu je: jedna osoba je jeden volič.
}
voters-more = { $count ->
    [one] … a { $count } další.
    [few] … a { $count } další.
   *[other] … a { $count } dalších.
}
voters-notices = { $count ->
    [one] { $count } věc, na kterou se podívat
    [few] { $count } věci, na které se podívat
   *[other] { $count } věcí, na které se podívat
}
voters-notice = Na co se podívat
voters-notice-merged = { $person } je v seznamu i na řádku { $line } a je to jeden volič, ve třídě { $class }.
voters-notice-shared = Osoba na řádku { $line } má stejnou e-mailovou adresu: kdo ji čte, dostane obě pozvánky.
voters-notice-not-read = Sloupec „{ $column }“ se nečte.
voters-take = Převzít tento seznam
voters-take-note = Nahradí ten, který tu je. Není veřejný a lze ho znovu nahradit, dokud volby nejsou vyhlášeny.
voters-take-public = Nová verze seznamu se hned a natrvalo zveřejní: kolik oprávněných je v každé třídě, pro každého řádek beze jména, důvod, a tedy i kolik lidí přibylo, ubylo a změnilo třídu. Kdo přibude, dostane pozvánku, kterou pak odešlete. Kdo si už právo hlasovat vyzvedl, tomu zůstává: odevzdaný lístek nelze najít a vyjmout.
voters-cause = Důvod, který je veřejný
voters-cause-manual = Ruční změna
voters-cause-nightly = Přepočteno z evidence
voters-take-do = Převzít seznam
voters-leave = Nechat vše, jak je

## Chybné řádky
voters-bad-title = Tento seznam zatím nelze převzít
voters-bad-found = { $count ->
    [one] Byla nalezena { $count } chyba.
    [few] Byly nalezeny { $count } chyby.
   *[other] Bylo nalezeno { $count } chyb.
}
voters-bad-nothing-taken = Nic nebylo převzato, ani správné řádky.
voters-bad-mend = Opravte tyto řádky ve svém seznamu a nahrajte ho znovu celý. Ke stažení jsou tytéž řádky pro tabulkový program i s popisem chyby.
voters-bad-download = Stáhnout chybné řádky (CSV)
voters-bad-again = Nahrát seznam znovu
voters-bad-what = Co je špatně
voters-bad-first = Zobrazena je jen první tisícovka.
voters-line = Řádek
voters-row = Obsah řádku
voters-bad-utf-16 = Soubor je v UTF-16: uložte ho jako „CSV UTF-8“.
voters-bad-not-utf-8 = Toto není UTF-8 (možná Windows-1250 nebo Latin-2): uložte soubor jako „CSV UTF-8“.
voters-bad-empty = Seznam je prázdný: první řádek musí pojmenovat sloupce.
voters-bad-nobody = Nikdo v seznamu není.
voters-bad-column-missing = První řádek nepojmenovává sloupec: { $column }. Nazvěte ho tak, jak uvádí stránka voličů.
voters-bad-column-twice = Dva sloupce znamenají totéž: { $column }. Jeden odstraňte nebo přejmenujte.
voters-bad-fields = Počet polí v řádku je { $found }, kdežto první řádek pojmenovává { $expected } sloupců. Pole s oddělovači dejte do uvozovek.
voters-bad-syntax = Toto nelze přečíst: { $what }
voters-bad-no-person = Chybí číslo osoby.
voters-bad-no-name = Chybí jméno.
voters-bad-no-class = Chybí třída i obvod.
voters-bad-unknown-class = „{ $found }“ není žádná třída těchto voleb, ani označením, ani názvem, a žádný obvod.
voters-bad-unknown-district = „{ $found }“ není žádný obvod těchto voleb.
voters-bad-class-not-in-district = Třída „{ $class }“ není v obvodu „{ $district }“.
voters-bad-several-classes = Může jít o kteroukoli z tříd { $classes }: uveďte jednu jejím označením.
voters-bad-not-an-address = „{ $found }“ není e-mailová adresa.
voters-bad-too-long = Příliš dlouhé: { $column } má { $length } bajtů, nejvíce smí mít { $limit }. Není-li tak dlouhé, chybí koncová uvozovka.
voters-bad-control-character = { $column }: obsahuje zalomení řádku nebo řídicí znak.
voters-bad-other-name = { $person } má na řádku { $line } jiné jméno: dvěma lidem dejte dvě čísla, jednomu jedno jméno.

## Jedna osoba
voters-add = Na někoho se zapomnělo
voters-add-note = Přidejte do seznamu jednu osobu.
voters-add-public = Přidejte jednu osobu. Zveřejní se nová verze seznamu o jeden řádek delší, beze jména, s důvodem „ruční změna“. Pak odešlete pozvánku.
voters-add-do = Přidat osobu
voters-add-listed = Tato osoba už v seznamu je.
voters-nothing-of-the-vote = Zda a jak kdo hlasoval, se zde neví.
voters-replaced = { $count ->
    [one] (jednou nahrazena)
    [few] (nahrazena { $count }krát)
   *[other] (nahrazena { $count }krát)
}
voters-resend = Pozvánka
voters-resend-unsent = Pozvánka zatím nebyla odeslána. Odešle se tak, jak je.
voters-resend-replaces = Odeslaný odkaz se zde neuchovává, a proto vznikne nový: starý už nic neotevře a nová verze seznamu všem ukáže, že jeden přístup byl nahrazen, beze jména. Odmítne se to, pokud si už někdo starým odkazem právo hlasovat vyzvedl: druhý by byl druhý hlas.
voters-resend-letter = E-mailová adresa chybí, takže se nic neodešle: nový odkaz bude mezi dopisy.
voters-resend-do = Odeslat pozvánku
voters-move = Jiná třída
voters-move-public = Zveřejní se nová verze seznamu, v níž je jeden řádek v jiné třídě. Kdo si už právo hlasovat ve staré třídě vyzvedl, tomu zůstává.
voters-move-do = Přesunout
voters-remove = Vyřadit ze seznamu
voters-remove-note = Seznam zatím není veřejný, takže se to nikdo nedozví.
voters-remove-public = Zveřejní se nová verze seznamu o jeden řádek kratší. Kdo si už právo hlasovat vyzvedl, tomu zůstává: odevzdaný lístek nelze najít a vyjmout. Kdo se později vrátí, nedostane druhý hlas.
voters-remove-confirm = Pro potvrzení napište krátký název voleb, { $slug }
voters-remove-do = Vyřadit

## Co se stalo
voters-done-loaded = Seznam byl převzat.
voters-done-added = Osoba byla přidána.
voters-done-removed = Osoba byla vyřazena.
voters-done-moved = Osoba byla přesunuta.
voters-done-resent = Pozvánka byla odeslána.
voters-done-for-letter = Pozvánka je připravena, ale e-mailem neodešla: je mezi dopisy na stránce pozvánek.
wrong-unknown-person = V seznamu voličů není nikdo s tímto číslem.
wrong-list-changed = Seznam voličů se změnil poté, co jste si prohlédli svůj, takže by změna byla jiná. Prohlédněte si ho znovu a pak ho převezměte.

## Pozvánky
mail-title = Pozvánky
mail-lead = Každý volič dostane odkaz, který je jen jeho. Jakmile e-mail odejde, odkaz se zde nikde neuchovává: nevidíte ho ani vy.
mail-not-made-here = V těchto volbách vytvářejí přístupy zařízení voličů nebo někdo jiný, takže tato služba nemá žádné pozvánky k odeslání.
mail-ended = Hlasování skončilo: pozvánky se už neposílají a neodeslané jsou zapomenuty.
mail-too-early = Pozvánky vzniknou, až budou volby vyhlášeny a seznam voličů bude na veřejné desce. Do té doby si zde můžete přečíst, co v nich bude.
mail-count-sent = { $count ->
    [one] Odeslána { $count } pozvánka.
    [few] Odeslány { $count } pozvánky.
   *[other] Odesláno { $count } pozvánek.
}
mail-count-unsent = { $count ->
    [one] { $count } zbývá.
    [few] { $count } zbývají.
   *[other] { $count } zbývá.
}
mail-count-without-address = { $count ->
    [one] Z toho { $count } pro někoho bez e-mailové adresy: vytiskněte dopis.
    [few] Z toho { $count } pro osoby bez e-mailové adresy: vytiskněte dopisy.
   *[other] Z toho { $count } pro osoby bez e-mailové adresy: vytiskněte dopisy.
}
mail-count-erased = { $count ->
    [one] { $count } je na papíře, nebo zapomenuta.
    [few] { $count } jsou na papíře, nebo zapomenuty.
   *[other] { $count } je na papíře, nebo zapomenuto.
}
mail-says = Co bude v e-mailech
mail-says-draft = Se vzorovým jménem a odkazem, který nic neotevře. Slova změníte v přípravě.
mail-says-fixed = Se vzorovým jménem a odkazem, který nic neotevře. Slova jsou od vyhlášení daná.
mail-invitation = Pozvánka
mail-reminder = Připomínka
mail-test = Nejdřív zkušební e-mail
mail-test-note = Pošlete ho sobě a přečtěte si ho očima voliče. Jeho odkaz nic neotevře. Pozvánky lze poslat jen se slovy, která byla vyzkoušena.
mail-tested = S těmito slovy byl odeslán zkušební e-mail.
mail-test-to = Na tuto adresu
mail-test-do = Poslat zkušební e-mail
mail-not-an-address = Toto není e-mailová adresa.
mail-refused = Poštovní server e-mail nepřijal. Říká:
mail-done-tested = Zkušební e-mail byl odeslán. Než budete pokračovat, přečtěte si ho.
mail-done-erased = Neodeslané pozvánky jsou zapomenuty.
mail-send = Pak odeslat
mail-first-test = Nejdřív pošlete zkušební e-mail. Pak tu bude tlačítko.
mail-send-note = Každá dosud neodeslaná pozvánka půjde svému voliči. Kdo už ji má, další nedostane.
mail-send-do = { $count ->
    [one] Odeslat { $count } pozvánku
    [few] Odeslat { $count } pozvánky
   *[other] Odeslat { $count } pozvánek
}
mail-remind-do = Připomenout těm, kdo nezačali
mail-remind-note = Připomínka jde každému, kdo si podle vydavatelů dosud nevyzvedl právo hlasovat; není v ní odkaz. Komu pozvánka ještě neodešla, dostane ji. Zda kdo hlasoval, neví nikdo.
mail-progress = E-maily se odesílají
mail-progress-done = Poslední e-maily
mail-look-again = Podívat se znovu
mail-sent = { $count ->
    [one] { $count } e-mail odeslán
    [few] { $count } e-maily odeslány
   *[other] { $count } e-mailů odesláno
}
mail-left = { $count ->
    [one] { $count } zbývá
    [few] { $count } zbývají
   *[other] { $count } zbývá
}
mail-failed = { $count ->
    [one] { $count } e-mail poštovní server nepřijal
    [few] { $count } e-maily poštovní server nepřijal
   *[other] { $count } e-mailů poštovní server nepřijal
}
mail-without-address = { $count ->
    [one] { $count } osoba nemá e-mailovou adresu
    [few] { $count } osoby nemají e-mailovou adresu
   *[other] { $count } osob nemá e-mailovou adresu
}
mail-reasons = Nepřijaté e-maily
mail-reason = Co říká poštovní server
mail-failed-note = Tyto pozvánky zůstaly neodeslané a lze je poslat znovu nebo vytisknout. Adresu opravíte novým nahráním seznamu voličů.
mail-is-sending = E-maily těchto voleb se právě odesílají. Stránku můžete zavřít: pokračuje to samo.
mail-no-server = Provozovatel služby nenastavil poštovní server, takže odsud nelze posílat e-maily. Dopisy jsou možné vždy.
mail-one = Pozvánka jedné osoby
mail-one-note = Ztratil někdo odkaz, nebo má jinou adresu? Najděte ho a pošlete mu pozvánku znovu odtamtud.
mail-letters = Dopisy
mail-letters-none = Není co tisknout: všechny pozvánky jsou odeslané, nebo zapomenuté.
mail-letters-note = Soubor (CSV) se jménem, adresou, třídou a odkazem každého, čí pozvánka nebyla odeslána, pro hromadnou korespondenci.
mail-letters-warning = Kdo má tento soubor, může hlasovat místo všech, kdo v něm jsou. Vytiskněte ho, dopisy zalepte před svědkem a soubor smažte, i z koše. Stažení se zaznamená.
mail-letters-do = { $count ->
    [one] Stáhnout { $count } dopis
    [few] Stáhnout { $count } dopisy
   *[other] Stáhnout { $count } dopisů
}
mail-erase = Až budou dopisy vytištěny
mail-erase-note = Nechte službu zapomenout neodeslané pozvánky, aby je zde už nikdo nemohl přečíst. Kdo potom dopis ztratí, potřebuje novou pozvánku, což každý uvidí jako nahrazení, beze jména. Nelze to vzít zpět.
mail-erase-do = { $count ->
    [one] Zapomenout { $count } pozvánku
    [few] Zapomenout { $count } pozvánky
   *[other] Zapomenout { $count } pozvánek
}
wrong-no-secrets = V těchto volbách vytvářejí přístupy zařízení voličů nebo někdo jiný: není pozvánka, která by se dala odeslat.

## Zkouška lístku
preview-title = Náhled
preview-note = Toto uvidí voliči. Označte, co chcete: nic se neodešle a nic se nezapočítá.
preview-back = Zpět k přípravě
preview-class = Jako volič třídy
preview-show = Zobrazit
preview-missing = { $count ->
    [one] Před vyhlášením voleb chybí { $count } věc
    [few] Před vyhlášením voleb chybějí { $count } věci
   *[other] Před vyhlášením voleb chybí { $count } věcí
}
preview-nothing = Zatím tu není žádný lístek
preview-nothing-note = Tato třída zatím o ničem nehlasuje: potřebuje otázku, která má možnosti.
preview-cast = Toto byl náhled
preview-cast-note = Nic se neodeslalo. Lístek voliče by se nyní v prohlížeči zašifroval a odevzdal s touto volbou:
preview-again = Označit znovu
preview-footer = Stránka volební kanceláře. Voliči dostanou tento lístek jen pod svým osobním odkazem.
voters-print = Seznam k tisku
voters-print-note = Všichni, kdo jsou v tuto chvíli oprávněni, podle tříd. Prohlížeč ho vytiskne na papír nebo do PDF. Jsou v něm jména: není veřejný.
preview-try = Vyzkoušet lístek
preview-try-about = Podívejte se a označte, co dostanou voliči každé třídy. Nic se neodešle.
mail-all-sent = Všechny pozvánky, které lze poslat e-mailem, jsou odeslány.
voters-reason = Důvod, do záznamu úkonů. Nikoho nejmenujte: uchovává se tam jen počet dotčených.
